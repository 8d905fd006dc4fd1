"""The labs of the modules in a real browser: the keyboard moves picture and text."""

from typing import Any, NamedTuple

import pytest

from tests.browser.conftest import opening
from tests.browser.test_lab import drawn, expect, picture, source

# test_lab.py has the lab of 02_memory, so that `make test` sees one, too
pytestmark = [pytest.mark.browser, pytest.mark.deep]


class Move(NamedTuple):
    """A slider that is moved by a key, and what the lab's text says before and after.

    `after` is empty where the figures are those of the machine: they change.
    """

    cell: str
    slider: int
    key: str
    before: str
    after: str


LABS = {
    "01_measure": Move("load-lab", 1, "ArrowRight", "out 500 requ", "out 550 requ"),
    "05_llm_calls": Move(
        "routing-lab", 0, "ArrowRight", "from 20 words", "from 21 words"
    ),
    "06_storage": Move("lab", 0, "ArrowLeft", "Redis in front: mean", ""),
    "07_retrieval": Move("walk-lab", 0, "ArrowRight", "3 of 10 st", "4 of 10 st"),
    "08_throughput": Move("lab", 1, "ArrowRight", "there are 10", "there are 11"),
    "09_capstone": Move("lab", 0, "PageDown", "until second 235", "until second 2"),
}


@pytest.mark.parametrize("module", LABS)
def test_a_key_moves_slider_text_and_picture(
    window: Any, server: Any, module: str
) -> None:
    move = LABS[module]
    with opening(window, server, module) as notebook:
        lab = notebook.run(move.cell)
        image, text = lab.locator("img.widget-image"), lab.get_by_role("status")
        expect(text).to_contain_text(move.before)
        words, before, old = text.text_content(), drawn(image), source(image)
        slider = lab.get_by_role("slider").nth(move.slider)
        slider.focus()
        value = slider.get_attribute("aria-valuetext")
        notebook.page.keyboard.press(move.key)
        expect(slider).not_to_have_attribute("aria-valuetext", value)
        expect(text).not_to_have_text(words)
        expect(text).to_contain_text(move.after)
        expect(image).not_to_have_attribute("src", old)
        assert drawn(image) != before
        picture(f"{module}_lab", lab)
        assert notebook.outside == []
        assert notebook.errors == []
