"""Ask the bank about checks that have changed, before a class is graded by them."""

from collections.abc import Iterator

from coursekit.author.verify.bank import Runs, bank, run_bank
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course
from coursekit.core.wording import short


def against(course: Course, name: str) -> list[str]:
    """The right answers of the bank that lose points, and wrong ones that do not."""
    subject = Subject(course, name)
    return list(_against(subject, run_bank(subject)))


def _against(subject: Subject, runs: Runs) -> Iterator[str]:
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
