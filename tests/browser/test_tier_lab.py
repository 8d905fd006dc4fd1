"""The released 06_storage in a real browser: its lab follows the keyboard."""

from typing import Any

import pytest

MODULE = "06_storage"

pytestmark = pytest.mark.browser


def test_the_tier_labs_text_and_picture_follow_a_slider(notebook: Any) -> None:
    from playwright.sync_api import expect

    lab = notebook.run("lab")
    image, text = lab.locator("img.widget-image"), lab.get_by_role("status")
    expect(text).to_contain_text("Redis in front: mean")
    words, picture = text.inner_text(), image.get_attribute("src")
    room = lab.get_by_role("slider").first
    room.focus()
    old = int(room.get_attribute("aria-valuetext"))
    notebook.page.keyboard.press("ArrowLeft")
    expect(room).to_have_attribute("aria-valuetext", str(old - 20))
    expect(text).not_to_have_text(words)
    expect(image).not_to_have_attribute("src", picture)
