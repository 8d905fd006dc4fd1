"""A placement in a real browser: offered, answered, shown on the progress page."""

from typing import Any

import pytest

from coursekit.core.module import load
from coursekit.learn.placement import asked, steps
from tests.browser.conftest import ROOT, Server, opening
from tests.browser.test_lab import expect, picture

pytestmark = pytest.mark.browser
MODULE = load(ROOT / "solutions" / "03_tools")


def test_a_learner_who_knows_the_start_is_told_what_to_skip(
    window: Any, server: Server
) -> None:
    questions, parts = asked(MODULE), steps(MODULE)
    first, *_, last = (part.section for part in parts)
    with opening(window, server, MODULE.name) as notebook:
        cell = notebook.page.locator('[id="setup"]')
        expect(cell).to_contain_text(f"Answer {len(questions)} questions")
        expect(cell.get_by_role("radio")).to_have_count(0)
        button = cell.get_by_role("button", name="See what I can skip")
        picture("placement_offer", cell)
        button.focus()
        notebook.page.keyboard.press("Enter")
        unsure = cell.get_by_role("radio", name="I am not sure")
        expect(unsure).to_have_count(len(questions))
        for number, question in enumerate(questions):
            if question in parts[-1].questions:
                unsure.nth(number).click()
                continue
            text = question.option(question.answer).text.replace("`", "")
            right = f"{question.answer}. {text}"
            cell.get_by_role("radio", name=right, exact=True).click()
            if number == 0:
                picture("placement_asked", cell)
        expect(cell).to_contain_text(f"Begin with “{last}”")
        expect(cell).to_contain_text(f"{first}: you know this, skip it")
        expect(cell.get_by_role("radio")).to_have_count(0)
        picture("placement_said", cell)
        page = window.new_page()
        page.goto(f"{server.url}/progress?token={server.token}")
        core = sum(e.core and e.kind != "quiz" for e in MODULE.exercises)
        expect(page.get_by_role("row").nth(4)).to_contain_text(f"of {core} ★")
        picture("placement_progress", page.locator("body"))
        page.close()
        assert notebook.outside == []
        assert notebook.errors == []
