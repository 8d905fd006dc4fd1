"""Rules that run the solutions and the bank of right and wrong submissions."""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from coursekit.author.finding import Finding
from coursekit.author.forked import LostFork, call_forked
from coursekit.author.verify.plain_run import run_attempts
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course, CourseError
from coursekit.core.module import REPORT
from coursekit.core.notebook import SHOWN, grader, is_solution
from coursekit.core.report import Report
from coursekit.core.wording import short

# their answers are data, which the quiz rules look at, or a person grades them
NO_BANK = ("quiz", "predict", REPORT)
SHIPPED, SOLUTION = "as shipped", "the solution"
RIGHT, WRONG = 1, 4  # submissions an exercise needs at least
ATTEMPT_SECONDS, MODULE_SECONDS = 30.0, 600.0
CELL_SECONDS = 3.0  # of CPU time that each submission may pay for a cell


@dataclass(frozen=True)
class BankAnswer:
    """A file of the bank."""

    path: Path

    @property
    def right(self) -> bool:
        """Whether it should get full marks."""
        return self.path.name.startswith("right_")

    @cached_property
    def text(self) -> str:
        """The answer cell it stands for."""
        return self.path.read_text(encoding="utf-8")

    def declared(self, key: str) -> list[str]:
        """The values behind `key:` in the docstring, split at commas."""
        try:
            doc = ast.get_docstring(ast.parse(self.text)) or ""
        except SyntaxError:  # may be what is wrong with it
            doc = self.text
        found = re.search(rf"^\W*{key}:(.*)$", doc, re.M)
        return [w.strip() for w in found[1].split(",") if w.strip()] if found else []


def bank(subject: Subject, exercise: str) -> list[BankAnswer]:
    """The submissions to an exercise."""
    found = sorted((subject.folder / "bank" / exercise).glob("*.py"))
    return [BankAnswer(p) for p in found]


@dataclass(frozen=True)
class Runs:
    """The result of every attempt at a module; `refused` is why visible tests fail."""

    reports: dict[str, dict[str, Report]]
    refused: dict[str, dict[str, str]]
    errors: dict[int, str]
    seconds: dict[int, float]  # of CPU time that cells take

    def of(self, exercise: str, label: str) -> Report | None:
        """The report on an attempt, if it was run."""
        return self.reports.get(exercise, {}).get(label)


def run_bank(subject: Subject) -> Runs:
    """Run all attempts at a module in a process that ends with it."""
    work = partial(
        run_attempts,
        subject.notebook,
        subject.module,
        {e.id: _attempts(subject, e.id) for e in subject.module.exercises},
        ATTEMPT_SECONDS,
        os.cpu_count() or 1,
    )
    (found,) = call_forked([work], MODULE_SECONDS)
    if isinstance(found, LostFork):
        raise CourseError(
            f"running {subject.where}/{subject.name}.ipynb {found.status}: run the "
            "notebook in JupyterLab to see where"
        )
    reports = {
        exercise: {label: _report(subject, exercise, r) for label, r in tries.items()}
        for exercise, tries in found["reports"].items()
    }
    refused = {
        exercise: {label: _refusal(why) for label, why in tries.items()}
        for exercise, tries in found["refused"].items()
    }
    cells = ({int(k): v for k, v in found[x].items()} for x in ("errors", "seconds"))
    return Runs(reports, refused, *cells)


def _attempts(subject: Subject, exercise: str) -> dict[str, str]:
    attempts = {s.path.name: s.text for s in bank(subject, exercise)}
    if exercise in subject.solutions:
        attempts[SOLUTION] = subject.solutions[exercise].source
    for cell in subject.released.cells if subject.released else ():
        if grader(cell).get("grade_id") == exercise:
            attempts[SHIPPED] = cell.source
    return attempts


def _report(subject: Subject, exercise: str, data: Any) -> Report:
    if "lost" in data:
        most = subject.module.exercise(exercise).points
        return Report.of(exercise, most, status=data["lost"], note=data["lost"])
    return Report.from_json(data)


def _refusal(why: Any) -> str:
    """The first thing that visible tests said against an attempt."""
    said = why["lost"] if isinstance(why, dict) else why.removeprefix("TestsFailed: ")
    lines = said.splitlines()
    bad = next((i for i, line in enumerate(lines) if line.startswith("✗")), 0)
    return short(" ".join(lines[bad : bad + 3]))


def _why(report: Report) -> str:
    return "; ".join(report.reasons) or report.status


def source_runs(subject: Subject, runs: Runs) -> Iterator[Finding]:
    """The source's cells up to the last graded one run without an error."""
    for index, error in runs.errors.items():
        yield Finding(
            f"{subject.where}/{subject.name}.ipynb: cell {index}",
            error,
            "repair it, or tag it raises-exception if it is meant to fail",
        )


def grading_runs_no_long_cells(subject: Subject, runs: Runs) -> Iterator[Finding]:
    """Cells that take long are left out when grading: they are tagged as shown only."""
    for index, seconds in runs.seconds.items():
        cell = subject.notebook.cells[index]
        tags = cell.metadata.get("tags", [])
        if seconds > CELL_SECONDS and SHOWN not in tags and not is_solution(cell):
            yield Finding(
                f"{subject.where}/{subject.name}.ipynb: cell {index}",
                f"takes {seconds:.0f} s of CPU time whenever a submission is graded",
                f"tag it {SHOWN} if it only shows something, else make it shorter",
            )


def solutions_get_full_marks(subject: Subject, runs: Runs) -> Iterator[Finding]:
    """The solution of every exercise gets all its points."""
    for exercise in subject.module.exercises:
        report = runs.of(exercise.id, SOLUTION)
        if report and report.score < exercise.points:
            yield Finding(
                f"{subject.where}: {exercise.id}",
                f"the solution gets {report.score:g} of {exercise.points:g}: "
                f"{_why(report)}",
                "correct the solution or the check",
            )


def exercises_fail_as_shipped(subject: Subject, runs: Runs) -> Iterator[Finding]:
    """The cell that learners start from earns nothing."""
    for exercise in subject.module.exercises:
        report = runs.of(exercise.id, SHIPPED)
        if report and report.score > 0:
            full = [c.name for c in report.criteria if c.points > 0]
            yield Finding(
                f"{subject.where}: {exercise.id}",
                f"gets {report.score:g} points as shipped ({', '.join(full)})",
                "make the check ask for what only an answer has",
            )


def criteria_sum_to_points(subject: Subject, runs: Runs) -> Iterator[Finding]:
    """The points of a check's criteria sum to the exercise's."""
    for exercise in subject.module.exercises:
        report = runs.of(exercise.id, SOLUTION)
        if report and not report.balanced:
            total = sum(c.max for c in report.criteria)
            yield Finding(
                f"{subject.where}/checks.py: {exercise.id}",
                f"criteria sum to {total:g}, the exercise has {exercise.points:g}",
                "change the points of a criterion or of the exercise",
            )


def right_submissions_get_full_marks(subject: Subject, runs: Runs) -> Iterator[Finding]:
    """Every accepted alternative gets all points."""
    for exercise in subject.module.exercises:
        for submission in bank(subject, exercise.id):
            report = runs.of(exercise.id, submission.path.name)
            if report and submission.right and report.score < exercise.points:
                yield Finding(
                    _place(subject, submission),
                    f"gets {report.score:g} of {exercise.points:g}: {_why(report)}",
                    "the check is too narrow, or this is not right",
                )


def wrong_submissions_fail_for_their_reason(
    subject: Subject, runs: Runs
) -> Iterator[Finding]:
    """Every wrong submission loses exactly the criteria that it declares."""
    for exercise in subject.module.exercises:
        for submission in bank(subject, exercise.id):
            report = runs.of(exercise.id, submission.path.name)
            if report and not submission.right:
                yield from _wrong(subject, submission, report)


def _wrong(
    subject: Subject, submission: BankAnswer, report: Report
) -> Iterator[Finding]:
    where = _place(subject, submission)
    failed = {c.name for c in report.criteria if not c.full} or {report.status}
    declared = set(submission.declared("fails"))
    if report.score >= report.max:
        yield Finding(where, "gets full marks", "add a criterion that it breaks")
    elif declared != failed:
        yield Finding(
            where,
            f"fails {', '.join(sorted(failed))}; "
            f"declared: {', '.join(sorted(declared)) or 'nothing'}",
            f"write `fails: {', '.join(sorted(failed))}` in its docstring if that is "
            "meant, else change it or the check",
        )
    known = subject.module.misconceptions
    for name in submission.declared("misconception") or ["(none)"]:
        if name not in known:
            yield Finding(
                where,
                f"misconception {name} is not in solutions/misconceptions.toml",
                "name one that is, as `misconception: id` in its docstring",
            )


def visible_tests_see_every_promise(subject: Subject, runs: Runs) -> Iterator[Finding]:
    """Visible tests pass right submissions and refuse wrong ones.

    A wrong one may say why only hidden checks can see it: `hidden_only: reason`.
    """
    for exercise in subject.module.exercises:
        for submission in bank(subject, exercise.id):
            report = runs.of(exercise.id, submission.path.name)
            why = runs.refused.get(exercise.id, {}).get(submission.path.name)
            if report is None or why is None:
                continue
            if submission.right == (report.score >= report.max):  # else said above
                yield from _seen(subject, submission, why)


def _seen(subject: Subject, submission: BankAnswer, why: str) -> Iterator[Finding]:
    where, reason = _place(subject, submission), submission.declared("hidden_only")
    if submission.right and why:
        todo = "the tests are too narrow, or this is not right"
        yield Finding(where, f"the visible tests refuse it: {why}", todo)
    elif not submission.right and not why and not reason:
        yield Finding(
            where,
            "passes the visible tests and loses hidden points",
            "give the tests a case that shows it, or say in its docstring why only "
            "hidden checks can: `hidden_only: reason`",
        )
    elif why and reason:
        what = f"says hidden_only, and the visible tests refuse it: {why}"
        yield Finding(where, what, "take the line `hidden_only` out")


def exercises_have_a_bank(subject: Subject, runs: Runs) -> Iterator[Finding]:
    """At least one right and four wrong submissions for each code exercise."""
    for exercise in subject.module.exercises:
        if exercise.kind in NO_BANK:
            continue
        found = [s.right for s in bank(subject, exercise.id)]
        right, wrong = found.count(True), found.count(False)
        if right < RIGHT or wrong < WRONG:
            yield Finding(
                f"{subject.where}/bank/{exercise.id}",
                f"{right} right and {wrong} wrong submissions",
                f"write right_….py and wrong_….py up to {RIGHT} and {WRONG}",
            )


def _place(subject: Subject, submission: BankAnswer) -> str:
    return submission.path.relative_to(subject.course.root).as_posix()


def misgraded(course: Course, name: str) -> list[str]:
    """The right answers of the bank that lose points, and wrong ones that do not."""
    subject = Subject(course, name)
    return list(_misgraded(subject, run_bank(subject)))


def _misgraded(subject: Subject, runs: Runs) -> Iterator[str]:
    for exercise in subject.module.exercises:
        for answer in bank(subject, exercise.id):
            report = runs.of(exercise.id, answer.path.name)
            if report is None or answer.right == (report.score >= report.max):
                continue
            who = f"{exercise.id}/{answer.path.name}"
            if answer.right:
                why = short("; ".join(report.reasons) or report.status)
                yield f"{who} gets {report.score:g} of {report.max:g}, {why}"
            else:
                yield f"{who} gets full marks"


RULES = (
    source_runs,
    grading_runs_no_long_cells,
    solutions_get_full_marks,
    exercises_fail_as_shipped,
    criteria_sum_to_points,
    right_submissions_get_full_marks,
    wrong_submissions_fail_for_their_reason,
    visible_tests_see_every_promise,
    exercises_have_a_bank,
)
