"""`coursekit report`: what a graded class shows about exercises and learners."""

import argparse

from coursekit.core.course import CourseError, find_course
from session1.extras import need

HELP = "say how a class did: item statistics, misconceptions, who is stuck"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the module, and whether names are left out."""
    parser.add_argument("module", help="such as 02_memory, or 02")
    parser.add_argument(
        "--anonymous", action="store_true", help="write numbers in place of names"
    )


def run(args: argparse.Namespace) -> int:
    """Print the report in short and write it whole; 0 when somebody is graded."""
    need("nbgrader", "teach")
    from coursekit.analysis import page
    from coursekit.analysis.class_results import read
    from coursekit.grading.intake import grading_folder

    course = find_course()
    name = course.named(args.module)
    results = read(course, name)
    if args.anonymous:
        results = results.anonymous()
    print(page.text(results))
    folder = grading_folder(course) / "report"
    try:
        folder.mkdir(exist_ok=True)
        for ending, text in {
            ".html": page.page(results),
            "_items.csv": page.items_csv(results),
            "_learners.csv": page.learners_csv(results),
        }.items():
            (folder / f"{name}{ending}").write_text(text, encoding="utf-8")
    except OSError as error:
        raise CourseError(
            f"The report could not be written ({error.strerror}): make room or allow "
            f"writing in {folder}."
        ) from error
    print(f"\nWritten to grading/report: {name}.html, {name}_items.csv, ", end="")
    print(f"{name}_learners.csv")
    return 0
