"""nbgrader's formgrader on a graded submission, as an instructor meets it."""

import shutil
from pathlib import Path

import nbformat
import pytest

from coursekit.author.release import generate
from coursekit.cli import main
from coursekit.core.course import Course
from tests.browser.conftest import FLAGS, WAIT, serving
from tests.coursekit.sample_course import BANK, NAME, answered, write_course
from tests.grading.report_course import add_page, with_page

pytestmark = [pytest.mark.browser, pytest.mark.deep]
# nbgrader's own page takes it from the network, which is not needed
FOREIGN = "MathJax is not defined"
WAY = f"/formgrader/gradebook/{NAME}/{NAME}"


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a course with one submission, graded: 7 of 8 points."""
    course = Course(write_course(tmp_path / "course"))
    monkeypatch.chdir(course.root)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    generate(course, NAME)
    folder = course.root / "grading" / "submitted" / "bob" / NAME
    shutil.copytree(course.release(NAME), folder)
    signed = answered(double=BANK["double/wrong_sign.py"])
    nbformat.write(signed, folder / f"{NAME}.ipynb")
    assert main(["grade", "--jobs", "1"]) == 0
    return course.root


def test_it_shows_scores_and_reasons(
    chromium: str, graded: Path, tmp_path: Path
) -> None:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT * 1000)
    errors: list[str] = []
    with serving(graded, tmp_path / "home") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1120, "height": 1400})
            page.set_default_timeout(WAIT * 1000)
            page.on("pageerror", lambda e: errors.append(str(e)))
            page.goto(f"{server.url}/formgrader?token={server.token}")
            row = page.get_by_role("row").filter(has_text=NAME)
            expect(row).to_contain_text("draft")
            page.screenshot(path=tmp_path / "assignments.png")
            page.goto(f"{server.url}{WAY}")
            row = page.get_by_role("row").filter(has_text="Submission #1")
            expect(row).to_contain_text("7 / 8")
            page.screenshot(path=tmp_path / "submissions.png")
            row.get_by_role("link").click()
            expect(page.get_by_text("negative (0 of 1)")).to_be_visible()
            page.screenshot(path=tmp_path / "submission.png", full_page=True)
        finally:
            browser.close()
    assert set(errors) <= {FOREIGN}


@pytest.fixture
def paged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a course with one submission, whose page waits for a person."""
    course = Course(write_course(tmp_path / "course"))
    add_page(course)
    monkeypatch.chdir(course.root)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    generate(course, NAME)
    folder = course.root / "grading" / "submitted" / "bob" / NAME
    shutil.copytree(course.release(NAME), folder)
    page = "Twice 3 is 6.\n\n<script>document.title = 'taken'</script>"
    nbformat.write(with_page(page), folder / f"{NAME}.ipynb")
    assert main(["grade", "--jobs", "1"]) == 0
    return course.root


def test_points_given_by_hand_are_in_the_grades(
    chromium: str, paged: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT * 1000)
    errors: list[str] = []
    with serving(paged, tmp_path / "home") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1120, "height": 1400})
            page.set_default_timeout(WAIT * 1000)
            page.on("pageerror", lambda e: errors.append(str(e)))
            page.goto(f"{server.url}/formgrader?token={server.token}")
            expect(page.get_by_role("row").filter(has_text=NAME)).to_be_visible()
            page.goto(f"{server.url}{WAY}")
            row = page.get_by_role("row").filter(has_text="Submission #1")
            expect(row).to_contain_text("8 / 18")
            row.get_by_role("link").click()
            expect(page.get_by_text("says what it means: 6 points")).to_be_visible()
            expect(page.get_by_text("Twice 3 is 6.")).to_be_visible()
            assert page.title() != "taken"
            box = page.locator("input.score").nth(2)  # double, halve, page
            page.wait_for_load_state("networkidle")  # scores are there, and are heard
            with page.expect_response(lambda r: "/api/grade/" in r.url) as saved:
                box.fill("7")
                box.press("Tab")
            assert saved.value.ok
            page.screenshot(path=tmp_path / "by_hand.png", full_page=True)
            page.goto(f"{server.url}{WAY}")
            row = page.get_by_role("row").filter(has_text="Submission #1")
            expect(row).to_contain_text("15 / 18")
        finally:
            browser.close()
    assert set(errors) <= {FOREIGN}
    capsys.readouterr()
    assert main(["grade", "--regrade", "--jobs", "1"]) == 0
    assert "15 of 18  by hand: page 7" in capsys.readouterr().out
