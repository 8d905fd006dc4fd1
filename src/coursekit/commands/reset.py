"""`coursekit reset`: put one exercise back as it came."""

import argparse

from coursekit.core.course import CourseError, find_course
from coursekit.learn.reset import reset

HELP = "put an exercise back as it came, and keep a copy of your answer"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which exercise."""
    parser.add_argument("exercise", help="such as 03_tools.side_by_side")


def run(args: argparse.Namespace) -> int:
    """Put it back; 0, also when it was as it came."""
    course = find_course()
    name, dot, exercise = args.exercise.partition(".")
    if not dot or not exercise:
        raise CourseError(
            f"{args.exercise!r} names no exercise: write MODULE.EXERCISE, such as "
            "03_tools.side_by_side."
        )
    module = course.learners(name)
    kept = reset(course.release(module), exercise)
    if kept is None:
        print(f"{module}.{exercise} is as it came already.")
        return 0
    print(f"{module}.{exercise} is as it came. Your answer is kept in")
    print(f"  {kept.relative_to(course.root)}")
    print("If the notebook is open: File → Reload Notebook from Disk.")
    return 0
