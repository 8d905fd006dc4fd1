"""No other cell sets the name of an answer: its test may be run again at any time."""

import ast
import dis
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursekit.author.verify.plain_run import without_magics
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course
from coursekit.core.notebook import grader, is_solution, is_test

COURSE = Course(Path(__file__).parents[2])


@pytest.mark.parametrize("name", COURSE.modules)
def test_answers_stay_what_they_are(name: str) -> None:
    subject = Subject(COURSE, name)
    kinds = {e.id: e.kind for e in subject.module.exercises}
    answers, others = set[str](), dict[str, str]()
    for cell in subject.notebook.cells:
        if cell.cell_type != "code":
            continue
        names = set(stored(cell.source))
        if is_solution(cell) and not is_test(cell):
            quiz = kinds.get(grader(cell).get("grade_id", "")) == "quiz"
            answers |= set() if quiz else names
        else:
            others |= dict.fromkeys(names, cell.id)
    both = {x: others[x] for x in answers & others.keys()}
    assert not both


def stored(source: str) -> Iterator[str]:
    """The names that a cell sets."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(without_magics(source), "cell", "exec", flags)
    for step in dis.get_instructions(code):
        if step.opname in ("STORE_NAME", "STORE_GLOBAL"):
            yield str(step.argval)
