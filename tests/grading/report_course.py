"""The sample course with one exercise more, which a person grades."""

import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from coursekit.author.release import generate
from coursekit.core.course import Course
from coursekit.grading import reference
from coursekit.grading.digest import source_digest
from coursekit.sandbox.limits import Limits
from tests.coursekit.sample_course import NAME, answered, stored

PLACEHOLDER = "*Write your page here, in place of this line.*"
TABLE = f"""
[[exercises]]
id = "page"
title = "A page on doubling"
kind = "report"
objective = "double"
points = 10
difficulty = 2
minutes = 1
section = "Questions"
hints = ["Who reads it?", "Begin with a figure.", "Say what you would do next."]
explanation = "A page that is read names a figure, its cause and the next step."
rubric = [
    "names a figure: 4 points",
    "says what it means: 6 points",
]
stub = '''
{PLACEHOLDER}
'''
"""
ASK = """**Exercise `page`** · report · 10 points · difficulty ●●○○○ · about a minute

Write a page on doubling. A person reads it and gives points by this list:

* names a figure: 4 points
* says what it means: 6 points"""
SAMPLE = "Twice three is six, and so the bill doubles with every agent added."


def add_page(course: Course) -> None:
    """Add the exercise to the sources of the sample module."""
    folder = course.source(NAME)
    toml = folder / "module.toml"
    toml.write_text(toml.read_text().replace("\n[[quiz]]", f"{TABLE}\n[[quiz]]", 1))
    nbformat.write(stored(with_page(SAMPLE)), folder / f"{NAME}.ipynb")


def with_page(text: str | None, kind: str = "markdown", **texts: str) -> Any:
    """The notebook with this page; without one, for None, others as in `answered`."""
    notebook = answered(**texts)
    mark = {"grade": True, "grade_id": "page", "locked": False, "points": 10}
    meta = {"nbgrader": {"schema_version": 3, "task": False, "solution": True, **mark}}
    cells = [new_markdown_cell(ASK, id="page-ask")]
    if text is not None:
        make = {"markdown": new_markdown_cell, "code": new_code_cell}.get(kind)
        cells.append((make or new_raw_cell)(text, id="page", metadata=meta))
    notebook.cells[-2:-2] = cells
    return notebook


def release_page(course: Course) -> None:
    """Add the exercise, release the module, and take its solution as right."""
    add_page(course)
    shutil.rmtree(course.release(NAME), ignore_errors=True)
    generate(course, NAME)
    reference.keep(course, NAME, source_digest(course, NAME), Limits())


def released_cell(folder: Path, name: str) -> Any:
    """The cell of a released notebook with this nbgrader id."""
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    return next(
        c
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade_id") == name
    )
