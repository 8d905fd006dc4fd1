"""Every attempt at the course's own exercises, handed in and graded as a class is."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import nbformat
import pytest

from coursekit.author.verify.bank import SHIPPED, SOLUTION, _attempts, bank
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course
from coursekit.core.notebook import grader, is_solution
from coursekit.core.report import BY_HAND, Report
from coursekit.grading.batch import Batch
from coursekit.grading.submissions import submitted
from coursekit.grading.worker_pool import Here
from coursekit.sandbox.limits import Limits

pytestmark = pytest.mark.deep

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def workers() -> Iterator[Here]:
    """Two worker processes for all modules."""
    with closing(Here(2)) as engine:
        yield engine


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", Course(TOP).modules)
def test_solutions_stubs_and_the_bank(
    name: str, workers: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    subject = Subject(copied(name, tmp_path), name)
    tries = {e.id: _attempts(subject, e.id) for e in subject.module.exercises}
    count = max(map(len, tries.values()))
    # each learner tries another answer to every exercise
    for number in range(count):
        label = chosen(tries, number)
        hand_in(subject, f"s{number:02}", {e: tries[e][label[e]] for e in tries})
    found = submitted(subject.course, [name]).submissions
    plan = Batch(subject.course, Limits()).plan(found)
    results = list(workers.run(plan.jobs))
    assert len(results) == count
    wrong = []
    for result in results:
        label = chosen(tries, int(result["job"]["student"][1:]))
        for report in map(Report.from_json, result["record"]["reports"]):
            if not earned(subject, label[report.exercise], report):
                why = report.status, report.reasons
                wrong.append((report.exercise, label[report.exercise], *why))
    assert not wrong


def chosen(tries: Mapping[str, Mapping[str, str]], number: int) -> dict[str, str]:
    """The labels of the attempts that the learner of this number makes."""
    return {e: list(found)[number % len(found)] for e, found in tries.items()}


def copied(name: str, root: Path) -> Course:
    """A course of this module alone, as learners and their teacher have it."""
    shutil.copy(TOP / "nbgrader_config.py", root)
    shutil.copytree(TOP / "solutions" / name, root / "solutions" / name)
    shutil.copy(TOP / "solutions" / "misconceptions.toml", root / "solutions")
    shutil.copytree(TOP / "course" / name, root / "course" / name)
    return Course(root)


def hand_in(subject: Subject, student: str, answers: Mapping[str, str]) -> None:
    """The released module with these answers, as from a learner."""
    course, name = subject.course, subject.name
    folder = course.root / "grading" / "submitted" / student / name
    shutil.copytree(course.release(name), folder)
    path = folder / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in filter(is_solution, notebook.cells):
        cell.source = answers[grader(cell)["grade_id"]]
    nbformat.write(notebook, path)


def earned(subject: Subject, label: str, report: Report) -> bool:
    """Whether the report is the one that this attempt has earned."""
    if label == SHIPPED:
        return report.score == 0
    if subject.module.exercise(report.exercise).by_hand:
        return report.status == BY_HAND
    tried = {s.path.name: s for s in bank(subject, report.exercise)}
    if label == SOLUTION or tried[label].right:
        return report.status == "passed" and report.score == report.max
    # what it declares is what it loses in process: `coursekit verify`
    lost = {c.name for c in report.criteria if not c.full} or {report.status}
    if lost == {"failed"}:  # its cell ended in an error, which is all there is to say
        lost = {"the rest of the check"}
    return lost == set(tried[label].declared("fails"))
