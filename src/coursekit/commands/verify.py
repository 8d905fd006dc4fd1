"""`coursekit verify`: check the course itself."""

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coursekit.core.course import CourseError, find_course
from session1.extras import need

if TYPE_CHECKING:
    from coursekit.author.finding import Finding

HELP = "check the course itself; every finding says where and what to do"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options: which modules to check."""
    parser.add_argument("--module", action="append", help="only this one (repeatable)")
    parser.add_argument("--json", action="store_true", help="print JSON instead")
    parser.add_argument("--jobs", type=int, help="processes (default: one a core)")


def run(args: argparse.Namespace) -> int:
    """Print the findings; 0 when there are none, else 1."""
    need("nbgrader", "teach")
    from coursekit.author.verify import GROUPS, not_ready, verify
    from coursekit.author.verify.reading import core
    from coursekit.author.verify.subject import Subject
    from session1.progress import bar

    course = find_course()
    names = [course.named(m) for m in args.module or course.modules]
    if not names:
        raise CourseError(f"There are no modules in {course.root / 'solutions'}.")
    count = len(names) * len(GROUPS) + 1
    with bar(total=count, desc="verify") as progress:

        def tick(group: str) -> None:
            progress.update()

        found = verify(course, names, jobs=args.jobs, tick=tick)
    ready = [name for name in names if not not_ready(course, name)]
    figures = {name: str(core(Subject(course, name))) for name in ready}
    if args.json:
        data = {"figures": figures, "findings": [f._asdict() for f in found]}
        print(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        print(as_text(figures, found))
    return 1 if found else 0


def as_text(figures: dict[str, str], found: Sequence["Finding"]) -> str:
    """Figures, then findings under the rules they break."""
    lines = [f"{name}: {figure}" for name, figure in figures.items()]
    for rule in dict.fromkeys(f.rule for f in found):
        lines.append(f"\n✗ {rule}")
        for finding in (f for f in found if f.rule == rule):
            lines.append(f"    {finding.where}: {finding.what}")
            lines.append(f"      → {finding.todo}")
    count = len(found)
    verdict = (
        f"\n{count} finding{'' if count == 1 else 's'}." if found else "All rules hold."
    )
    return "\n".join([*lines, verdict])
