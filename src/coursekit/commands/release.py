"""`coursekit release`: write what learners get."""

import argparse

from coursekit.course import CourseError, find_course

HELP = "write course/MODULE from solutions/MODULE (nbgrader generate_assignment)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which modules."""
    parser.add_argument("module", nargs="*", help="all of them when none is named")


def run(args: argparse.Namespace) -> int:
    """Release each module; 0 when all could be."""
    from coursekit.release import generate

    course = find_course()
    if not course.modules:
        raise CourseError(
            "This copy has no solutions/, so it cannot make a fresh notebook: ask your "
            "instructor for a new one."
        )
    for name in args.module or course.modules:
        folder = generate(course, course.named(name))
        print(f"released {folder.relative_to(course.root)}")
    return 0
