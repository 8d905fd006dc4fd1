"""The course's own solution goes through the checks before a class does.

A check that is broken would take points from all; one run for each state of a
module's sources shows it before anything is written.
"""

import dataclasses
from typing import Any

from coursekit.core.course import Course, CourseError
from coursekit.core.report import BY_HAND
from coursekit.grading.atomic_files import read_json, write_json
from coursekit.grading.digest import digest
from coursekit.grading.intake import grading_folder
from coursekit.grading.worker import Job
from coursekit.sandbox.limits import Limits

FILE = "solutions.json"  # digests of the modules whose solutions got full marks


def due(course: Course, module: str, source: str, limits: Limits) -> bool:
    """Whether the solution has not yet been graded in this state."""
    kept = read_json(grading_folder(course) / FILE)
    return kept.get(module) != digest(source, "", limits)


def keep(course: Course, module: str, source: str, limits: Limits) -> None:
    """Note that the solution got full marks in this state."""
    path = grading_folder(course) / FILE
    write_json(path, {**read_json(path), module: digest(source, "", limits)})


def job(
    course: Course, module: str, source: str, limits: Limits, unprotected: bool
) -> Job:
    """The job of grading a module's solution, which belongs to no student."""
    return Job(
        str(course.root),
        "",
        module,
        str(course.source(module)),
        "",
        source,
        dataclasses.asdict(limits),
        unprotected,
    )


def must_be_full(module: str, result: dict[str, Any]) -> None:
    """CourseError unless a solution's result is full marks."""
    error = result.get("error", "")
    rows = result.get("record", {}).get("reports", [])
    lost = [
        row for row in rows if row["score"] < row["max"] and row["status"] != BY_HAND
    ]
    if error or lost:
        why = error or "; ".join(map(_lost, lost))
        raise CourseError(
            f"The solution of {module} does not get full marks, so nothing is graded "
            f"({why}). Correct its checks.py or notebook, then run this again."
        )


def must_be_as_declared(module: str, against: list[str]) -> None:
    """CourseError when the bank has something against checks that have changed."""
    if against:
        more = f"; and {len(against) - 3} more" if len(against) > 3 else ""
        raise CourseError(
            f"The checks of {module} have changed, and its bank says that they are "
            f"wrong, so nothing is graded ({'; '.join(against[:3])}{more}). Correct "
            "checks.py or the bank, then run this again."
        )


def _lost(row: dict[str, Any]) -> str:
    why = " ".join(str(next(iter(row["reasons"]), row["status"])).split())[:200]
    return f"{row['exercise']} {row['score']:g} of {row['max']:g}, {why}"
