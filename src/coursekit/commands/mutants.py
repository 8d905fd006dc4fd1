"""`coursekit mutants`: do the checks notice when a solution is changed?"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from coursekit.core.course import CourseError, find_course
from session1.extras import need

if TYPE_CHECKING:
    from coursekit.author.mutation_report import Tally

HELP = "change the solutions, one thing at a time, and list what still gets full marks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options: which exercises to change, and how much."""
    parser.add_argument("module", nargs="*", help="such as 02_memory (default: all)")
    parser.add_argument("--exercise", default="", help="only this one, such as rank")
    parser.add_argument("--sample", type=count, help="at most so many an exercise")
    parser.add_argument(
        "--timeout", type=count, default=10, help="seconds an answer may take (10)"
    )
    parser.add_argument("--jobs", type=count, help="processes (default: one a core)")
    parser.add_argument("--json", action="store_true", help="print JSON instead")


def count(text: str) -> int:
    """A whole number above 0 from the command line."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")


def run(args: argparse.Namespace) -> int:
    """Print what became of the mutants; 0 when each is noticed or explained."""
    need("cosmic_ray", "author")
    from coursekit.author.mutation_report import survey
    from session1.progress import bar

    course = find_course()
    names = [course.named(m) for m in args.module or course.modules]
    with bar(desc="mutants") as progress:

        def tick(done: int, count: int) -> None:
            progress.total = count
            progress.update(done - progress.n)

        tallies = survey(
            course,
            names,
            exercise=args.exercise,
            most=args.sample,
            seconds=args.timeout,
            jobs=args.jobs,
            tick=tick,
        )
    if not tallies:
        raise CourseError(
            f"No exercise {args.exercise!r} with an answer of code in "
            f"{', '.join(names) or 'the course'}."
        )
    print(_as_json(tallies) if args.json else as_text(tallies))
    return 1 if any(t.unexplained or t.stale for t in tallies) else 0


def _as_json(tallies: Sequence["Tally"]) -> str:
    rows = [
        {
            **asdict(t),
            "seconds": round(t.seconds, 2),
            "unexplained": [asdict(m) for m in t.unexplained],
        }
        for t in tallies
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_text(tallies: Sequence["Tally"]) -> str:
    """A row of counts for each exercise, its survivors below it."""
    width = max(len(t.exercise) for t in tallies)
    head = f"{'':{width}}  mutants  killed  timed out  survived  seconds"
    lines = [head]
    for t in tallies:
        lines.append(
            f"{t.exercise:{width}}  {t.run:7}  {t.killed:6}  {t.timed_out:9}  "
            f"{len(t.survivors):8}  {t.seconds:7.1f}"
        )
        if t.run < t.made:
            lines[-1] += f"  (a sample of {t.made})"
        lines += [f"    {mutant.diff}" for mutant in t.unexplained]
        lines += [f"    explained, but noticed or not made: {c}" for c in t.stale]
    return "\n".join([*lines, "", *_summary(tallies)])


def _summary(tallies: Sequence["Tally"]) -> Iterator[str]:
    """The rate, and what there is to do."""
    whole = sum(t.run for t in tallies)
    lost = sum(len(t.survivors) for t in tallies)
    open_, stale = (
        sum(len(found) for found in lists)
        for lists in ([t.unexplained for t in tallies], [t.stale for t in tallies])
    )
    yield (
        f"{lost} of {whole} mutants get full marks ({lost / max(whole, 1):.1%}), "
        f"{lost - open_} of them explained."
    )
    if open_:
        yield (
            f"{open_} to do: add a case to the check, or say in bank/survivors.toml "
            "why the change is as right as the solution."
        )
    if stale:
        yield f"{stale} to take out of bank/survivors.toml: checks see the change."
