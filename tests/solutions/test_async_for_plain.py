"""An `async def` where a plain function is asked earns nothing for it."""

import re
from pathlib import Path

import pytest

from coursekit.author.mutation_report import AnswerBatch, in_process
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course
from coursekit.core.notebook import grader, is_solution, is_test

COURSE = Course(Path(__file__).parents[2])
PLAIN = r"^def |^    def (?!__)"  # functions and methods, but those that Python calls


@pytest.mark.deep
@pytest.mark.parametrize("name", COURSE.modules)
def test_an_async_answer_to_a_plain_question_earns_nothing(name: str) -> None:
    subject = Subject(COURSE, name)
    answers = {
        grader(cell)["grade_id"]: cell.source
        for cell in subject.notebook.cells
        if is_solution(cell) and not is_test(cell)
    }
    for exercise in subject.module.exercises:
        text = answers.get(exercise.id, "")
        changed = re.sub(
            PLAIN, lambda m: m[0].replace("def", "async def"), text, flags=re.M
        )
        if not exercise.stub or "async " in exercise.stub or changed == text:
            continue
        found = in_process(
            COURSE, AnswerBatch(name, exercise.id, (text, changed), seconds=20)
        )
        whole, rest = (outcome.score for outcome in found.outcomes)
        letters = 2 if exercise.id == "bill" else 0  # asked for in the same cell
        assert (whole, rest) == (exercise.points, letters), exercise.id
