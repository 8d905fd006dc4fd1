"""`coursekit progress`: how far you are in the whole course."""

import argparse
from pathlib import Path

from coursekit.core.course import CourseError, find_course
from coursekit.learn.overview import Overview

HELP = "show how far you are in each module, and what comes next"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write the page, if one is wanted."""
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write it as a page, too"
    )


def run(args: argparse.Namespace) -> int:
    """Print the table; 0 always, since unfinished work is not a failure."""
    course = find_course()
    overview = Overview(course)
    print(overview.summary())
    if args.html:
        page = overview.page(lambda path: (course.root / "course" / path).as_uri())
        try:
            args.html.write_text(page, encoding="utf-8")
        except OSError as error:
            why = f"Cannot write {args.html} ({error.strerror}): choose another file."
            raise CourseError(why) from error
        print(f"written to {args.html}")
    return 0
