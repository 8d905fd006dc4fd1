"""`coursekit handout`: make the learners' copy of the course."""

import argparse
from pathlib import Path

from coursekit.core.course import CourseError, find_course
from session1.extras import need

HELP = "make the learners' copy of the course, without answers: a folder or a .zip"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the option that says where to."""
    parser.add_argument("target", type=Path, help="a new folder, or a file.zip")


def run(args: argparse.Namespace) -> int:
    """Make the copy; 0 when it is there."""
    course = find_course()
    if not course.modules:
        raise CourseError("This copy has no solutions/: it is a learners' copy itself.")
    need("nbgrader", "teach")
    from coursekit.author.handout import hand_out

    print(f"made {hand_out(course, args.target)}: give it to your learners")
    return 0
