"""The queue lab of 08_throughput in a real browser: sliders, picture and text."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_more_workers_by_keyboard_shorten_the_wait(chromium: str, server: Any) -> None:
    from conftest import opening
    from playwright.sync_api import expect

    with opening(chromium, server, "08_throughput") as notebook:
        lab = notebook.run("lab")
        image, text = lab.locator("img.widget-image"), lab.get_by_role("status")
        expect(text).to_contain_text("there are 10")
        before = image.get_attribute("src")
        workers = lab.get_by_role("slider").nth(1)
        workers.focus()
        notebook.page.keyboard.press("ArrowRight")
        expect(workers).to_have_attribute("aria-valuetext", "11")
        expect(text).to_contain_text("there are 11")
        expect(image).not_to_have_attribute("src", before)
        assert notebook.outside == [] and notebook.errors == []
