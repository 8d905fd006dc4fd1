"""docs/teaching.md, followed step by step on a small course."""

import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from coursekit.author.release import generate
from coursekit.cli import main
from coursekit.core.course import Course
from tests.coursekit.sample_course import BANK, NAME, REPO, write_course
from tests.grading.report_course import add_page, with_page
from tests.grading.test_leaderboard import BOARD

pytestmark = [pytest.mark.slow, pytest.mark.deep]

PAGE = (REPO / "docs" / "teaching.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]
ROSTER = "id,first_name,last_name,email\nada,Ada,Lovelace,\nbob,Bob,Roe,\ncy,Cy,Roe,\n"
MODULES = re.compile(r"02_memory|09_capstone")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with a module that has a written answer and a board, not released."""
    course = Course(write_course(tmp_path / "course"))
    add_page(course)
    (course.source(NAME) / "board.py").write_text(BOARD)
    (course.root / "roster.csv").write_text(ROSTER)
    monkeypatch.chdir(course.root)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    generate(course, NAME)  # verify looks at what learners have
    return course


def download(course: Course, **pages: str) -> None:
    """What the platform packs: a notebook of each learner's, as they named it."""
    with zipfile.ZipFile(course.root / "download.zip", "w") as file:
        for who, page in pages.items():
            text = nbformat.writes(with_page(page, double=BANK["double/right_add.py"]))
            folder = f"{who.replace('_', ' ')}_1_assignsubmission_file"
            file.writestr(f"{folder}/{NAME}.ipynb", text)


def run(command: str) -> int:
    """The exit code of a command of the page."""
    program, *args = shlex.split(MODULES.sub(NAME, command))
    if program == "coursekit":
        return main(args)
    call = [sys.executable, "-m", program, *args]
    return subprocess.run(call, capture_output=True, check=False).returncode


def test_the_page_works_from_top_to_bottom(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    grading = course.root / "grading"
    download(course, Ada_Lovelace="A page.", Bob_Roe="Another page.")
    said: dict[str, str] = {}
    for number, command in enumerate(COMMANDS):
        if command.startswith("nbgrader generate_feedback") and "ada" not in command:
            with Gradebook(course.config().CourseDirectory.db_url) as book:
                for who, points in {"ada": 7, "bob": 5}.items():
                    grade = book.find_grade("page", NAME, NAME, who)
                    assert grade.needs_manual_grade
                    grade.manual_score, grade.needs_manual_grade = points, False
                book.db.commit()
        if command.startswith("coursekit collect") and said.get(command):
            download(course, Ada_Lovelace="A better page.")
        if "--enter" in command:
            folder = course.release(NAME)
            nbformat.write(with_page("x"), folder / f"{NAME}.ipynb")
        assert run(command) == 0, (command, capsys.readouterr())
        said[f"{number} {command}"] = said[command] = capsys.readouterr().out
    first = next(said[c] for c in said if re.match(r"\d+ coursekit grade", c))
    assert f"{NAME}  ada      8 of 18  to grade by hand: page" in first
    assert "Nothing was handed in by cy." in first
    assert "by hand: page 7" in said[f"coursekit grade {MODULES.findall(PAGE)[0]}"]
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        assert book.find_grade("page", NAME, NAME, "ada").needs_manual_grade
        assert not book.find_grade("page", NAME, NAME, "bob").needs_manual_grade
    assert "page: 7 of 10" in (grading / "moodle.csv").read_text()
    assert ",15," in f"{(grading / 'canvas.csv').read_text()},".replace("\n", ",")
    assert (grading / "feedback" / "bob" / NAME / f"{NAME}.html").is_file()
    assert (grading / "report" / f"{NAME}.html").is_file()
    assert (course.root.parent / "agents.zip").is_file()
    assert "1. Ada L." in said[COMMANDS[-1]]


def test_every_command_is_there() -> None:
    named = {" ".join(c.split()[:2]) for c in COMMANDS}
    assert named >= {
        *("coursekit release", "coursekit handout", "coursekit collect"),
        *("coursekit grade", "coursekit export", "coursekit report"),
        *("coursekit leaderboard", "nbgrader generate_feedback", "nbgrader export"),
    }
    assert len(COMMANDS) == 17
