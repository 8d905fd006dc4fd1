"""A class of which one method is still a stub: what is written counts."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursekit.author.mutation_report import AnswerBatch, in_process
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course

pytestmark = [pytest.mark.slow, pytest.mark.deep]

COURSE = Course(Path(__file__).parents[2])
# classes of which nothing shows without the last method: others ask or call it
SEEN_BY_THE_LAST = {
    "01_measure.histogram": "percentile",
    "06_storage.promote": "_use",
    "07_retrieval.stale": "search",
    "08_throughput.connections": "run",
    "08_throughput.pool": "run",
    "09_capstone.recover": "failed",
}
METHODS = (ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize("name", COURSE.modules)
def test_a_method_that_is_left_costs_its_own_points(name: str) -> None:
    subject = Subject(COURSE, name)
    for exercise, cell in subject.solutions.items():
        if subject.module.exercise(exercise).kind == "report":
            continue  # a text, not code
        texts = dict(left_out(cell.source))
        if not texts:
            continue
        batch = AnswerBatch(name, exercise, tuple(texts.values()), seconds=30.0)
        scores = [found.score for found in in_process(COURSE, batch).outcomes]
        most = subject.module.exercise(exercise).points
        lost = dict(zip(texts, scores, strict=True))
        assert all(score < most for score in scores), (exercise, lost)
        # the others can do without the last, and there are others that do something
        if len(texts) > 2 and f"{name}.{exercise}" not in SEEN_BY_THE_LAST:
            assert scores[-1] > 0, (exercise, lost)


def left_out(source: str) -> Iterator[tuple[str, str]]:
    """The answer with a stub for each method of its classes, one at a time."""
    for node in ast.parse(source).body:
        for method in node.body if isinstance(node, ast.ClassDef) else []:
            if isinstance(method, METHODS):
                tree = ast.parse(source)
                (same,) = (
                    found
                    for found in ast.walk(tree)
                    if isinstance(found, METHODS) and found.lineno == method.lineno
                )
                same.body = [ast.parse("raise NotImplementedError").body[0]]
                yield f"{node.name}.{method.name}", ast.unparse(tree)
