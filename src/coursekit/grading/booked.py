"""The gradebook's view of a submission, and the remarks beside its scores."""

from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import SubmittedAssignment, SubmittedNotebook

from coursekit.core.notebook import grader
from coursekit.grading.by_hand import DECIDED

NO_RESPONSE = "No response."


@dataclass(frozen=True, slots=True)
class Booked:
    """The gradebook's view of a submission; nbgrader's export shows the same."""

    score: float
    most: float
    penalty: float = 0.0
    exercises: dict[str, float] = field(default_factory=dict)
    worth: dict[str, float] = field(default_factory=dict)  # most by exercise
    by_hand: dict[str, float] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()  # for a person who grades them
    again: tuple[str, ...] = ()  # graded by a person, who is to look again


def booked(submission: SubmittedAssignment) -> Booked:
    """The scores by machine and by hand, and the penalty, as they are now."""
    grades = [g for n in submission.notebooks for g in n.grades]
    score, penalty = submission.score, submission.late_submission_penalty or 0.0
    return Booked(
        score=round(max(0.0, score - penalty), 2),
        most=submission.max_score,
        penalty=round(min(penalty, score), 2),
        exercises={_exercise(g): round(g.score, 2) for g in grades},
        worth={_exercise(g): g.max_score for g in grades},
        by_hand={
            _exercise(g): round(g.score, 2)
            for g in grades
            if g.manual_score is not None or g.extra_credit
        },
        waiting=tuple(sorted(_exercise(g) for g in grades if _waits(g))),
        again=tuple(sorted(_exercise(g) for g in grades if _once_more(g))),
    )


def _exercise(grade: Any) -> str:
    return str(grade.name).removeprefix("test_")


def _waits(grade: Any) -> bool:
    return grade.auto_score is None and grade.manual_score is None


def _once_more(grade: Any) -> bool:
    return grade.manual_score is not None and bool(grade.needs_manual_grade)


def comment(notebook: NotebookNode, graded: SubmittedNotebook) -> None:
    """Put nbgrader's comment below the answers that are as they came without points.

    A quiz is answered by clicks, so its cell may well stay as it came.
    """
    earned = {grade.name for grade in graded.grades if grade.auto_score}
    rows = {row.name: row for row in graded.comments}
    for cell in notebook.cells:
        meta = grader(cell)
        if row := rows.get(meta.get("grade_id")):
            as_it_came = meta.get("checksum") == utils.compute_checksum(cell)
            silent = as_it_came and f"test_{row.name}" not in earned
            quiet = utils.is_task(cell) or not silent
            row.auto_comment = None if quiet else NO_RESPONSE
            if utils.is_grade(cell):
                row.auto_comment = cell.metadata.get(DECIDED)


def named(student: Any) -> None:
    """Name a student without a name by the id: formgrader shows "None, None"."""
    if student.last_name is None and student.first_name is None:
        student.last_name, student.first_name = student.id, ""
    student.email = student.email or ""
