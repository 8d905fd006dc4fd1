"""`coursekit export`: scores for Canvas or Moodle, as their importers read them."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.core.course import Course, CourseError, find_course
from coursekit.core.report import BY_HAND, Report
from session1.extras import need

if TYPE_CHECKING:
    from coursekit.grading.booked import Booked
    from coursekit.grading.lms import Scores, Student

HELP = "write the scores of the gradebook for Canvas or Moodle"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the modules, the platform and the file."""
    parser.add_argument("module", nargs="*", help="all graded ones when none is named")
    platform = parser.add_mutually_exclusive_group(required=True)
    platform.add_argument("--canvas", action="store_true", help="points, by module")
    platform.add_argument(
        "--moodle", action="store_true", help="percent, with feedback"
    )
    parser.add_argument(
        "--exercises", action="store_true", help="with --canvas also each exercise"
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help="the file to write")


def run(args: argparse.Namespace) -> int:
    """Write the file; 0, or an error that says what is missing."""
    need("nbgrader", "teach")
    from coursekit.grading import lms
    from coursekit.grading.gradebook import writer

    course = find_course()
    wanted = [course.named(m) for m in args.module] or course.modules
    with writer(course) as book:
        scores = {name: found for name in wanted if (found := book.booked(name))}
        students = book.students()
    missing = [name for name in wanted if name not in scores]
    if missing and (args.module or not scores):
        first = f"run `coursekit grade {missing[0]}` first."
        raise CourseError(f"Nobody's {missing[0]} is graded: {first}")
    if args.canvas:
        text, platform = lms.canvas(students, scores, args.exercises), "canvas"
    else:
        text = lms.moodle(students, scores, _reasons(course, scores))
        platform = "moodle"
    target = args.to or course.root / "grading" / f"{platform}.csv"
    try:
        target.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        why = f"Cannot write {target} ({error.strerror}): choose another with --to."
        raise CourseError(why) from error
    print(f"{', '.join(scores)} of {len(students)} students: {target}")
    for line in _remarks(students, scores, args.moodle):
        print(f"! {line}")
    return 0


def _remarks(students: "list[Student]", scores: "Scores", moodle: bool) -> list[str]:
    """Say what the platform will do with some of the rows."""
    said = []
    for name, found in scores.items():
        if none := [s.id for s in students if s.id not in found]:
            said.append(
                f"{name}: no score for {', '.join(none)}, who handed in nothing"
            )
        if waits := [who for who, b in found.items() if b.waiting]:
            said.append(f"{name}: still to be graded by hand: {', '.join(waits)}")
        above = [who for who, b in found.items() if b.score > b.most + 1e-9]
        if moodle and above:
            said.append(
                f"{name}: {', '.join(above)} cut to 100 %, the most that Moodle takes"
            )
    if moodle:
        said.append("Moodle stops at the first username that it does not know")
    return said


def _reasons(course: Course, scores: "Scores") -> "dict[tuple[str, str], str]":
    """Why points were lost, by module and student, on one line each."""
    from coursekit.grading import audit
    from coursekit.grading.atomic_files import read_json

    found = {}
    for module, by_student in scores.items():
        for student in by_student:
            rows = read_json(audit.path(course, student, module)).get("reports") or []
            reports = [Report.from_json(row) for row in rows]
            booked = by_student[student]
            lost = [said for r in reports if (said := _lost(r, booked))]
            found[module, student] = "; ".join(lost)
    return found


def _lost(report: Report, booked: "Booked") -> str:
    """The points of an exercise that lost some; a person's where those count."""
    score = report.score
    if report.status == BY_HAND:
        if report.exercise in booked.waiting:
            return f"{report.exercise}: not graded yet"
        score = booked.exercises.get(report.exercise, 0.0)
    if math.isclose(score, report.max):
        return ""
    return f"{report.exercise}: {score:g} of {report.max:g}"
