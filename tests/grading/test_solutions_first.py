"""A broken check lowers nobody, and only what can change a score is graded again."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.grading import reference
from coursekit.grading.digest import source_digest
from coursekit.sandbox.limits import Limits
from tests.coursekit.sample_course import NAME
from tests.grading.classroom import Out, graded, rows
from tests.grading.conftest import HandIn


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


BREAKS = {
    "wrong": ("n * 2, given=n", "n * 3, given=n", "double 1 of 4"),
    "raises": ("def double(ns, check):", "def double(ns, check):\n    1 / 0", "double"),
    "no function": ("def halve", "def other", "halve"),
    "no Python": ("def halve", "def halve halve", "double"),
    "too few points": ("check.equal(name, 1, ns", "check.equal(name, 0.5, ns", "halve"),
}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_check_grades_nobody(
    course: Course, hand_in: HandIn, capsys: Out, name: str
) -> None:
    hand_in("ada")
    hand_in("bob")
    graded(capsys)
    before = rows(course)
    old, new, where = BREAKS[name]
    edit(course.source(NAME) / "checks.py", old, new)
    assert main(["grade"]) == 2
    said = capsys.readouterr().err.splitlines()
    (line,) = (row for row in said if row.startswith("coursekit: "))
    assert f"The solution of {NAME} does not get full marks" in line
    assert where in line
    assert rows(course) == before
    assert not list((course.root / "grading" / "results").rglob("*.json"))
    edit(course.source(NAME) / "checks.py", new, old)
    found = graded(capsys)
    assert all(row["skipped"] for row in found["by"].values())


@pytest.mark.usefixtures("quick")
def test_a_solution_that_is_wrong_grades_nobody(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    edit(course.source(NAME) / f"{NAME}.ipynb", "n / two", "n // two")
    assert main(["grade"]) == 2
    assert "(halve 1 of 2, odd" in capsys.readouterr().err
    assert rows(course) == []


@pytest.mark.usefixtures("quick")
def test_the_solution_is_graded_once_for_each_state(
    course: Course, hand_in: HandIn, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    job = reference.job

    def counted(*args: object) -> object:
        asked.append(args[1])
        return job(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(reference, "job", counted)
    hand_in("ada")
    graded(capsys)
    assert asked == [], "it was right when the course was released"
    edit(course.source(NAME) / "checks.py", "both signs", "all signs")
    graded(capsys, "--dry-run")
    graded(capsys)
    graded(capsys, "--regrade")
    assert asked == [NAME, NAME], "a dry run writes nothing, so it asks each time"
    mark = source_digest(course, NAME)
    assert not reference.due(course, NAME, mark, Limits())
    assert reference.due(course, NAME, mark, Limits(wall=1))


def toml(old: str, new: str) -> Callable[[Course], None]:
    """A change of module.toml."""
    return lambda course: edit(course.source(NAME) / "module.toml", old, new)


def checks(old: str, new: str) -> Callable[[Course], None]:
    """A change of checks.py."""
    return lambda course: edit(course.source(NAME) / "checks.py", old, new)


def catalogue(old: str, new: str) -> Callable[[Course], None]:
    """A change of misconceptions.toml."""
    path = Path("misconceptions.toml")
    return lambda course: edit(course.source(NAME).parent / path, old, new)


def cells(change: Callable[[nbformat.NotebookNode], object]) -> Callable[..., None]:
    """A change of the notebook."""

    def made(course: Course) -> None:
        path = course.source(NAME) / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        nbformat.write(notebook, path)

    return made


PROSE = {
    "hint": toml("Think of two.", "Think of 2."),
    "explanation": toml("Doubling is adding", "Twice is adding"),
    "minutes": toml("minutes = 2", "minutes = 3"),
    "exercise's minutes": toml("minutes = 0.9", "minutes = 2"),
    "title": toml('title = "Doubling"', 'title = "Twice"'),
    "exercise's title": toml("Twice a number", "Two times a number"),
    "objective": toml("Double what is given", "Double it"),
    "difficulty": toml("difficulty = 1", "difficulty = 2"),
    "section": toml('section = "Twice"', 'section = "Two"'),
    "prompt": toml("What is twice three?", "What is 2 times three?"),
    "option": toml("The number five", "Five"),
    "feedback": toml("The sign stays.", "The sign stays as it is."),
    "comment": toml("[[quiz]]", "# a comment\n[[quiz]]"),
    "repair": catalogue("It adds the number itself.", "It adds itself."),
    "text": cells(lambda n: n.cells[0].update(source="# Twice")),
    "more text": cells(lambda n: n.cells.insert(0, new_markdown_cell("Hello."))),
    "outputs": cells(lambda n: n.cells[1].update(outputs=[], execution_count=None)),
    "bank": lambda course: (course.source(NAME) / "bank" / "new.py").write_text("1"),
}
COUNTS = {
    "check": checks("n * 2", "2 * n"),
    "points": toml("points = 4", "points = 5"),
    "key": toml('answer = "B"', 'answer = "C"'),
    "one option less": toml(
        '[[quiz.options]]\ntext = "It is plus one."', '[[other]]\ntext = "It"'
    ),
    "kind": toml('kind = "fix"', 'kind = "write"'),
    "stub": toml("return n * two\n'''", "return n * 3\n'''"),
    "name": toml('id = "halve"', 'id = "half"'),
    "misconception's name": catalogue("[squares]", "[square]"),
    "code": cells(lambda n: n.cells[1].update(source="two = 2")),
    "more code": cells(lambda n: n.cells.insert(2, new_code_cell("x = 1"))),
    "order": cells(lambda n: n.cells.append(n.cells.pop(3))),
    "shown": cells(lambda n: n.cells[1].metadata.update(tags=["shown"])),
    "id": cells(lambda n: n.cells[3].update(id="other")),
    "cell's points": cells(lambda n: n.cells[4].metadata.nbgrader.update(points=9)),
    "file": lambda course: (course.source(NAME) / "helper.py").write_text("two = 2.0"),
    "new file": lambda course: (course.source(NAME) / "data.csv").write_text("1"),
    "broken": lambda course: (course.source(NAME) / "module.toml").write_text(
        "title ="
    ),
}


@pytest.mark.parametrize("name", PROSE)
def test_prose_grades_nothing_again(course: Course, name: str) -> None:
    before = source_digest(course, NAME)
    PROSE[name](course)
    assert source_digest(course, NAME) == before


@pytest.mark.parametrize("name", COUNTS)
def test_what_can_change_a_score_grades_again(course: Course, name: str) -> None:
    before = source_digest(course, NAME)
    COUNTS[name](course)
    assert source_digest(course, NAME) != before


@pytest.mark.usefixtures("quick")
def test_a_hint_that_was_corrected_leaves_the_class_as_it_is(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    graded(capsys)
    PROSE["hint"](course)
    assert graded(capsys)["by"]["ada"]["skipped"]
    COUNTS["check"](course)
    assert not graded(capsys)["by"]["ada"]["skipped"]
    kept = json.loads((course.root / "grading" / reference.FILE).read_text())
    assert list(kept) == [NAME]
