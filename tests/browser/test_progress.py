"""The page that `make lab` opens, in a real browser."""

from typing import Any

import pytest

from coursekit.core import answers_file
from tests.browser.conftest import Notebook, Server
from tests.browser.test_lab import expect, picture

pytestmark = pytest.mark.browser


def test_the_page_shows_what_is_done_and_opens_the_next_notebook(
    window: Any, server: Server
) -> None:
    page = window.new_page()
    page.set_viewport_size({"width": 1000, "height": 600})
    watched = Notebook(page, server, "00_start")
    watched.watch()
    page.goto(f"{server.url}/progress?token={server.token}")
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("00 Start")
    expect(first).to_contain_text("0 of")
    record = answers_file.at(server.course / "00_start")
    record.put("progress", "guess", {"passed": 1, "of": 1, "all": True})
    page.reload()
    expect(first).to_contain_text("1 of")
    picture("progress", page.locator("body"))
    page.locator(".next a").click()
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible()
    assert "/lab/tree/00_start/00_start.ipynb" in page.url
    page.close()
    assert watched.outside == []
    assert watched.errors == []
