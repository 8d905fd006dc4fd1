"""`coursekit grade`: grade what was handed in, many submissions side by side."""

import argparse
import contextlib
import difflib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.course import Course, CourseError, find_course
from coursekit.core.report import BY_HAND
from coursekit.sandbox.limits import Limits
from session1.extras import need

if TYPE_CHECKING:
    from coursekit.grading.audit import Replay
    from coursekit.grading.batch import Batch, Done, Plan
    from coursekit.grading.intake import Submission
    from coursekit.grading.submissions import Found
    from coursekit.grading.worker_pool import Engine

HELP = "grade the submissions in grading/submitted/: scores, reasons, records"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options: which submissions, where, and what to write."""
    add = parser.add_argument
    add("modules", nargs="*", metavar="MODULE", help="such as 02_memory, 02 (all)")
    add("--student", default="", metavar="ID", help="only this student's")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=_count, help="how many at once (one a core)")
    where.add_argument("--dask", metavar="ADDRESS", help="on a Dask cluster instead")
    add("--db", default="", metavar="URL", help="the gradebook (nbgrader_config.py's)")
    add("--dry-run", action="store_true", help="show the scores, write nothing")
    add("--regrade", action="store_true", help="also what has not changed")
    add("--unprotected", action="store_true", help="also where there is no sandbox")
    add("--replay", type=Path, metavar="FILE", help="grade a record of audit/ again")
    add("--json", action="store_true", help="print JSON instead")


def _count(text: str) -> int:
    """A number of processes from the command line."""
    with contextlib.suppress(ValueError):
        if 0 < (value := int(text)) <= 1000:
            return value
    raise argparse.ArgumentTypeError(f"{text} is no number of processes above 0")


def run(args: argparse.Namespace) -> int:
    """Grade; 0 when all could be graded, 1 when some could not."""
    from coursekit.grading.submissions import submitted

    need("nbgrader", "teach")
    course = find_course()
    if args.replay:
        return _replay(course, args)
    named = dict.fromkeys(course.named(m) for m in args.modules)
    modules = list(named) or course.modules
    found = submitted(course, modules, args.student)
    if not found.submissions and not found.refused:
        raise CourseError(_nothing(course, modules, args.student, found))
    try:
        with _batch(course, args) as batch:
            plan, done = _grade(batch, found.submissions, args)
            found.missing = _missing(batch, found, args.student)
            found.old_feedback = batch.old_feedback(done)
    except KeyboardInterrupt:
        kept = (
            "" if args.dry_run else ": what is graded is kept, run this again to go on"
        )
        print(f"coursekit: stopped{kept}", file=sys.stderr)
        return 130
    if args.json:
        print(json.dumps(_json(plan, done, found), indent=1, ensure_ascii=False))
    else:
        _print(plan, done, found, args)
    return 1 if found.refused or any(d.error for d in done) else 0


def _nothing(course: Course, modules: list[str], student: str, found: "Found") -> str:
    """Say what to do when there is no submission."""
    from coursekit.grading.submissions import students

    module = modules[0] if len(modules) == 1 else "MODULE"
    if student and not found.missing:
        names = [folder.name for folder in students(course)]
        near = difflib.get_close_matches(student, names, 3)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        return f"There is no student {student} in grading/submitted.{meant}"
    who = student or "NAME"
    return (
        f"Nothing was handed in{f' by {student}' if student else ''}: "
        f"copy each learner's folder to grading/submitted/{who}/{module}."
    )


@contextlib.contextmanager
def _batch(course: Course, args: argparse.Namespace) -> Iterator["Batch"]:
    from coursekit.author.verify.bank import misgraded
    from coursekit.grading.atomic_files import only_grader
    from coursekit.grading.batch import Batch
    from coursekit.grading.gradebook import writer
    from coursekit.grading.intake import grading_folder
    from coursekit.grading.rehearsal import rehearsal

    with contextlib.ExitStack() as stack:
        book = trial = None
        if args.dry_run:
            trial = stack.enter_context(rehearsal(course, args.db))
        else:
            stack.enter_context(only_grader(grading_folder(course)))
            book = stack.enter_context(writer(course, args.db))
        yield Batch(
            course,
            Limits(),
            book,
            args.regrade,
            args.unprotected,
            solutions=True,
            rehearsal=trial,
            bank=misgraded,
        )


def _grade(
    batch: "Batch", submissions: list["Submission"], args: argparse.Namespace
) -> tuple["Plan", list["Done"]]:
    from coursekit.grading.batch import grade_all
    from session1.progress import bar

    with (
        bar(total=len(submissions), desc="grading") as progress,
        contextlib.closing(engine(args)) as workers,
    ):
        plan, done = grade_all(
            batch, submissions, workers, lambda done: progress.update()
        )
    return plan, batch.read_back(done)


def engine(args: argparse.Namespace) -> "Engine":
    """The engine that grades: this machine, or a cluster."""
    from coursekit.grading.worker_pool import Dask, Here

    return Dask(args.dask) if args.dask else Here(args.jobs or _cores())


def _cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _missing(batch: "Batch", found: "Found", student: str) -> list[str]:
    """Who handed in nothing: of those who have a folder, and of the roster."""
    from coursekit.grading.submissions import composed, students

    book = batch.writer or batch.rehearsal
    roster = book.roster() if book else []
    there = {composed(folder.name) for folder in students(batch.course)}
    absent = [s for s in roster if composed(s) not in there]
    return [*found.missing, *(a for a in absent if student in ("", a))]


def _print(
    plan: "Plan", done: list["Done"], found: "Found", args: argparse.Namespace
) -> None:
    ordered = sorted(done, key=_order)
    wide = max((len(d.submission.student) for d in ordered if not d.error), default=0)
    for one in ordered:
        if not one.error:
            print(_line(one, wide))
    for line in _troubles(plan, ordered, found):
        print(f"! {line}")
    if found.missing:
        print(f"Nothing was handed in by {', '.join(found.missing)}.")
    for module, names in found.old_feedback.items():
        do = f"nbgrader generate_feedback {module} --force"
        print(f"Feedback is older than the grades of {', '.join(names)}: {do}")
    graded = [d for d in done if not d.skipped and not d.error]
    failed = sum(bool(d.error) for d in done)
    skipped = sum(d.skipped for d in done)
    print(
        f"{len(graded)} graded, {skipped} as before"
        + (f", {failed} could not be graded: run this again" if failed else "")
        + ("; nothing was written" if args.dry_run else "")
    )


def _order(done: "Done") -> tuple[str, str]:
    return done.submission.module, done.submission.student


def _troubles(plan: "Plan", done: list["Done"], found: "Found") -> Iterator[str]:
    """One line for each thing an instructor has to look at."""
    for one in done:
        if why := one.error or (one.problem and f"no points: {one.problem}"):
            yield f"{one.submission.student}/{one.submission.module}: {why}"
        for line in one.told:
            yield f"{one.submission.student}/{one.submission.module}: {line}"
    for who, notes in sorted(plan.remarks.items()):
        for note in notes:
            yield f"{who}: {note}"
    for who, reasons in sorted(plan.reasons.items()):
        for why in reasons:
            yield f"{who}: to grading/quarantine: {why}"
    for name, why in sorted(found.refused.items()):
        yield f"{name}: not graded: {why}"


def _line(done: "Done", wide: int) -> str:
    """Who, points of how many, and which exercises have not passed, by status."""
    low: dict[str, list[str]] = {}
    for exercise, (_, status) in done.now.items():
        if status not in ("passed", BY_HAND):
            low.setdefault(status, []).append(exercise)
    parts = [
        f"{status}: {'all' if len(names) == len(done.now) else ', '.join(names)}"
        for status, names in low.items()
    ]
    if done.changes:
        changes = (f"{e} {a:g} -> {b:g}" for e, (a, b) in done.changes.items())
        parts.append(f"changed: {', '.join(changes)}")
    parts += _booked(done)
    if done.skipped:
        parts.append("as before")
    who = f"{done.submission.module}  {done.submission.student:<{wide}}"
    return f"{who}  {done.score:>5g} of {done.most:g}  {'; '.join(parts)}".rstrip()


def _booked(done: "Done") -> Iterator[str]:
    """The difference between the score and the points that grading gives."""
    if book := done.booked:
        if book.by_hand:
            rows = (f"{e} {points:g}" for e, points in book.by_hand.items())
            yield f"by hand: {', '.join(rows)}"
        if book.waiting:
            yield f"to grade by hand: {', '.join(book.waiting)}"
        if book.again:
            yield f"to look at again: {', '.join(book.again)}"
        if book.penalty:
            yield f"late: -{book.penalty:g}"


def _json(plan: "Plan", done: list["Done"], found: "Found") -> dict[str, Any]:
    return {
        "submissions": [_row(d) for d in sorted(done, key=_order)],
        "quarantined": plan.reasons,
        "remarks": plan.remarks,
        "refused": found.refused,
        "missing": found.missing,
        "old_feedback": found.old_feedback,
        "seconds": _total(done),
    }


def _row(done: "Done") -> dict[str, Any]:
    return {
        "student": done.submission.student,
        "module": done.submission.module,
        "score": None if done.error else done.score,
        "max": done.most,
        "exercises": {e: [_points(done, e), s] for e, (_, s) in done.now.items()},
        "by_hand": done.booked.by_hand if done.booked else {},
        "to_grade_by_hand": list(done.booked.waiting) if done.booked else [],
        "to_look_at_again": list(done.booked.again) if done.booked else [],
        "late_penalty": done.booked.penalty if done.booked else 0.0,
        "changes": {e: list(pair) for e, pair in done.changes.items()},
        "skipped": done.skipped,
        "error": done.error,
        "problem": done.problem,
        "told": list(done.told),
        "seconds": done.seconds,
    }


def _points(done: "Done", exercise: str) -> float:
    """Points of an exercise, the gradebook's where it has been asked."""
    booked = done.booked.exercises if done.booked else {}
    return booked.get(exercise, done.now[exercise][0])


def _total(done: list["Done"]) -> dict[str, float]:
    """Seconds by part, over all that was graded."""
    parts: dict[str, float] = {}
    for one in done:
        for part, seconds in one.seconds.items():
            parts[part] = round(parts.get(part, 0.0) + seconds, 4)
    return parts


def _replay(course: Course, args: argparse.Namespace) -> int:
    from coursekit.grading.audit import replay
    from coursekit.sandbox.choose import allow_unprotected

    if args.unprotected:
        allow_unprotected()
    found = replay(course, args.replay)
    if args.json:
        print(json.dumps({"then": found.then, "now": found.now, "same": found.same}))
    else:
        print(_replayed(found))
    return 0 if found.same else 1


def _replayed(found: "Replay") -> str:
    lines = []
    for exercise, (points, status) in found.then.items():
        now = found.now.get(exercise, (0.0, "not there"))
        differs = f", now {now[0]:g} {now[1]}" if now != (points, status) else ""
        lines.append(f"{exercise}: {points:g} {status}{differs}")
    if found.changed:
        lines.append(f"Not as it was then: {', '.join(found.changed)}.")
    lines.append("The same grade." if found.same else "Not the same grade.")
    return "\n".join(lines)
