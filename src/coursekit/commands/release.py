"""`coursekit release`: write what learners get."""

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from coursekit.core.course import CourseError, find_course
from session1.extras import need

if TYPE_CHECKING:
    from coursekit.author.release import Released

HELP = "write course/MODULE from solutions/MODULE (nbgrader generate_assignment)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which modules."""
    parser.add_argument("module", nargs="*", help="all of them when none is named")


def run(args: argparse.Namespace) -> int:
    """Release each module; 0 when all could be, 2 when one could not."""
    course = find_course()
    if not course.modules:
        raise CourseError(
            "This copy has no solutions/, so it cannot make a fresh notebook: ask your "
            "instructor for a new one."
        )
    need("nbgrader", "teach")
    from coursekit.author.release import release
    from coursekit.core.module import ModuleError

    failed = False
    for name in [course.named(m) for m in args.module] or course.modules:
        try:
            made = release(course, name)
        except (CourseError, ModuleError) as error:
            print(f"coursekit: {error}", file=sys.stderr)
            failed = True
        else:
            print(f"released {made.folder.relative_to(course.root)}")
            print("".join(f"  {line}\n" for line in _changes(name, made)), end="")
    return 2 if failed else 0


def _changes(name: str, made: "Released") -> Iterator[str]:
    """Say where tries went, what scores were gained and lost, and what is next."""
    changed = made.changed
    if made.tries:
        yield f"your own tries are kept in grading/tries/{made.tries.name}"
    if changed.added:
        yield f"new in the gradebook: {', '.join(changed.added)}"
    if changed.removed:
        gone = ", ".join(changed.removed)
        yield f"removed from the gradebook with their scores: {gone}"
    if changed.copy:
        yield f"the gradebook as it was: grading/{changed.copy.name}"
    if changed.added or changed.removed:
        yield f"next: coursekit grade {name}"
