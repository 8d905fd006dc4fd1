"""`coursekit calibrate`: are scores the same on this machine, however busy it is?"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from coursekit.commands.mutants import count
from coursekit.course import CourseError, find_course

if TYPE_CHECKING:
    from coursekit.grading.calibration import Row

HELP = "grade the bank again and again, quiet and under load: false fails and passes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to grade, how often, and beside what."""
    parser.add_argument("module", nargs="*", help="such as 02_memory (default: all)")
    parser.add_argument(
        "--gradings", type=count, default=1000, help="of each check (1000)"
    )
    parser.add_argument(
        "--load",
        type=_load,
        default=os.cpu_count() or 1,
        help="busy processes beside it, the second time (one a core; 0: quiet only)",
    )
    parser.add_argument("--jobs", type=count, help="processes (default: one a core)")
    parser.add_argument("--json", action="store_true", help="print JSON instead")


def _load(text: str) -> int:
    return 0 if text == "0" else count(text)


def run(args: argparse.Namespace) -> int:
    """Print the rates; 1 when a score differed or CPU time was wrong too often."""
    from coursekit.grading.calibration import calibrate
    from session1.progress import bar

    course = find_course()
    names = [course.named(m) for m in args.module or course.modules]
    if not names:
        raise CourseError(f"There are no modules in {course.root / 'solutions'}.")
    with bar(desc="gradings") as progress:

        def tick(done: int, total: int) -> None:
            progress.total = total
            progress.update(done - progress.n)

        rows = calibrate(
            course,
            names,
            gradings=args.gradings,
            load=args.load,
            jobs=args.jobs,
            tick=tick,
        )
    print(_as_json(rows) if args.json else as_text(rows))
    return 0 if all(row.sound for row in rows) else 1


def _as_json(rows: Sequence["Row"]) -> str:
    return json.dumps([_table(row) for row in rows], indent=2, ensure_ascii=False)


def _table(row: "Row") -> dict[str, Any]:
    rates = {"false_fails": row.false_fails, "false_passes": row.false_passes}
    told = {
        name: {
            "wrong": r.wrong,
            "of": r.of,
            "interval": [round(x, 6) for x in r.interval],
        }
        for name, r in rates.items()
    }
    return {**asdict(row), **told, "sound": row.sound}


def as_text(rows: Sequence["Row"]) -> str:
    """A table; rates with the interval that holds the true one with 95 %."""
    head = ("", "check", "when", "gradings", "differ", "false fails", "false passes")
    cells = [
        (
            "✓" if row.sound else "✗",
            row.check,
            row.condition,
            str(row.gradings),
            str(row.differing),
            str(row.false_fails),
            str(row.false_passes),
        )
        for row in rows
    ]
    widths = [max(len(line[i]) for line in [head, *cells]) for i in range(len(head))]
    lines = [
        "  ".join(f"{cell:{w}}" for cell, w in zip(line, widths, strict=True)).rstrip()
        for line in [head, *cells]
    ]
    bad = sum(not row.sound for row in rows)
    verdict = (
        f"{bad} of {len(rows)} are not sound: a counted check must never differ, CPU "
        "time may decide wrongly in 1 % at most."
        if bad
        else "No counted check differs; CPU time decides wrongly in 1 % at most."
    )
    return "\n".join([*lines, "", verdict])
