"""Notebooks, progress and placement as a learner meets them, in a real browser.

Pictures are left in out/screens, the README's among them.
"""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from coursekit.core import answers_file
from coursekit.core.answers_file import MIME
from coursekit.core.module import load
from coursekit.learn.placement import asked, steps
from tests.browser.conftest import Notebook, Server, opening

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "out" / "screens"
QUIZ = load(ROOT / "solutions" / "02_memory").asked("quiz")
TOOLS = load(ROOT / "solutions" / "03_tools")

pytestmark = pytest.mark.browser


def expect(what: Any) -> Any:
    """Playwright's own `expect`, which waits until it holds."""
    from playwright.sync_api import expect

    return expect(what)


def picture(name: str, *parts: Any) -> None:
    """Leave a picture of the parts of the page, which must fit on one screen."""
    page = parts[0].page
    parts[-1].scroll_into_view_if_needed()
    parts[0].scroll_into_view_if_needed()
    page.mouse.move(0, 0)  # so that nothing is lit up
    boxes = [part.bounding_box() for part in parts]
    left, top = min(b["x"] for b in boxes), min(b["y"] for b in boxes)
    right = max(b["x"] + b["width"] for b in boxes)
    foot = max(b["y"] + b["height"] for b in boxes)
    clip = {"x": left, "y": top, "width": right - left, "height": foot - top}
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png", clip=clip)


def source(image: Any) -> str:
    """The image's present address, another one after each drawing."""
    return str(image.get_attribute("src"))


def drawn(image: Any) -> bytes:
    """The bytes of the image that the page shows, once they are there."""
    image.evaluate("image => image.decode()")
    return bytes(image.screenshot())


def test_what_only_instructors_need_does_not_show(notebook: Any) -> None:
    expect(notebook.page.locator(".jp-SideBar.jp-mod-right")).to_be_visible()
    expect(notebook.page.get_by_title("Create Assignment")).to_have_count(0)


def test_a_slider_moved_by_keyboard_changes_picture_and_text(notebook: Any) -> None:
    lab = notebook.run("lab")
    image, text = lab.locator("img.widget-image"), lab.get_by_role("status")
    expect(text).to_contain_text("never more than")
    before, old_source, words = drawn(image), source(image), text.inner_text()
    budget = lab.get_by_role("slider").first
    budget.focus()
    old = int(budget.get_attribute("aria-valuetext"))
    notebook.page.keyboard.press("ArrowRight")
    expect(budget).to_have_attribute("aria-valuetext", str(old + 10))
    expect(text).not_to_have_text(words)
    expect(image).not_to_have_attribute("src", old_source)
    assert drawn(image) != before
    picture("memory_lab", lab)


def test_a_quiz_answer_is_judged_at_once_and_kept(notebook: Any) -> None:
    cell = notebook.run("quiz-widget")
    by_key, by_mouse = row(cell, 0), row(cell, 1)
    wrong = 0 if QUIZ[0].answer == "B" else 1
    by_key.get_by_role("radio").first.focus()
    for _ in range(wrong):
        notebook.page.keyboard.press("Tab")
    notebook.page.keyboard.press("Space")
    expect(by_key).to_contain_text(f"✗ {QUIZ[0].letters[wrong]} is not it.")
    expect(by_key).to_contain_text(f"Read again: {QUIZ[0].section}")
    right = QUIZ[1].option(QUIZ[1].answer)
    by_mouse.get_by_text(right.text).click()
    expect(by_mouse).to_contain_text(f"✓ {QUIZ[1].answer} is right.")
    expect(cell).to_contain_text(f"2 of {len(QUIZ)} answered")
    given = {"q1": QUIZ[0].letters[wrong], "q2": QUIZ[1].answer}
    saved = json.loads((notebook.folder / "answers.json").read_text())
    assert saved["quiz"] == given
    picture("quiz", by_key, by_mouse)

    notebook.reopen()
    assert kept_in(notebook.folder / "02_memory.ipynb") == given
    notebook.run("setup")
    again = notebook.run("quiz-widget")
    expect(again).to_contain_text(f"2 of {len(QUIZ)} answered")
    expect(row(again, 0).get_by_role("radio").nth(wrong)).to_be_checked()
    expect(row(again, 1)).to_contain_text(f"✓ {QUIZ[1].answer} is right.")


def kept_in(path: Path) -> Any:
    """The quiz answers that a saved notebook keeps itself, in an output of its own."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [o for c in cells if c.cell_type == "code" for o in c.outputs]
    kept = [o.data[MIME] for o in outputs if MIME in o.get("data", {})]
    return json.loads(kept[-1])["quiz"]


def row(cell: Any, index: int) -> Any:
    """A question of the quiz: its text, its options, what was said."""
    rows = cell.locator(".widget-vbox .widget-vbox")
    expect(rows).to_have_count(len(QUIZ))
    return rows.nth(index)


def test_a_failed_exercise_says_why_and_hints_help(notebook: Any) -> None:
    for cell in ("setup", "naive-rank", "measure-naive", "rank"):
        notebook.run(cell)
    tests = notebook.run("test-rank")
    expect(tests).to_contain_text("8 of 9 tests passed")
    expect(tests).to_contain_text("look at")
    hint = notebook.write("test-rank", 'hint("rank")')
    expect(hint).to_contain_text("Hint 1 of 3 for rank")
    picture("feedback", tests, hint)
    progress = notebook.run("progress")
    expect(progress).to_contain_text("8 of 9 pass, 1 of 3 hints")
    picture("progress", progress)


def test_a_cell_that_cannot_be_read_does_not_pass(notebook: Any) -> None:
    for cell in ("setup", "naive-rank", "measure-naive", "rank"):
        notebook.run(cell)
    notebook.write("rank", "def rank(:\n    return []")
    tests = notebook.run("test-rank")
    expect(tests).to_contain_text("SyntaxError: invalid syntax, at your line 1")
    expect(tests).to_contain_text("these tests saw your older code")
    picture("unread", tests)


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


def test_a_learner_who_knows_the_start_is_told_what_to_skip(
    window: Any, server: Server
) -> None:
    questions, parts = asked(TOOLS), steps(TOOLS)
    first, *_, last = (part.section for part in parts)
    with opening(window, server, TOOLS.name) as notebook:
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
        core = sum(e.core and e.kind != "quiz" for e in TOOLS.exercises)
        expect(page.get_by_role("row").nth(4)).to_contain_text(f"of {core} ★")
        picture("placement_progress", page.locator("body"))
        page.close()
        assert notebook.outside == []
        assert notebook.errors == []
