"""`coursekit collect`: sort a download of Moodle or Canvas into grading/submitted."""

import argparse
from pathlib import Path

from coursekit.core.course import find_course

HELP = "sort what learners handed in, a folder or zip, into grading/submitted/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the module, the download and the roster."""
    add = parser.add_argument
    add("module", help="such as 02_memory, or 02")
    add("source", type=Path, help="a folder, or a zip from Moodle or Canvas")
    add("--roster", type=Path, metavar="CSV", help="id, first_name, last_name")


def run(args: argparse.Namespace) -> int:
    """Place the files and say what each was taken for; 0, or 1 when nothing came."""
    from coursekit.grading.collect import collect

    course = find_course()
    name = course.named(args.module)
    found = collect(course, name, args.source, args.roster)
    for student, files in found.placed.items():
        print(f"{student}: {', '.join(files) or 'nothing'}")
    for line in found.said:
        print(f"! {line}")
    if found.missing:
        print(f"Nothing came from {', '.join(found.missing)}.")
    print(f"{len(found.placed)} collected into grading/submitted: now")
    print(f"    coursekit grade {name}")
    return 0 if found.placed else 1
