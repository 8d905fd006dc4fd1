"""The cells a gradebook knows, brought up to a notebook whose exercises changed.

nbgrader refuses to add or remove cells once something is graded. The scores of all
other exercises stay as they are, those given by hand too.
"""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Comment, Gradebook, MissingEntry
from nbgrader.api import Grade as Score
from nbgrader.api import Notebook as Known
from sqlalchemy import make_url


@dataclass
class Changed:
    """Exercises that a graded gradebook gained and lost, and its backup."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    copy: Path | None = None  # of the gradebook as it was, where scores were removed


def fit_cells(url: str, name: str, notebook: NotebookNode) -> Changed:
    """Add and remove cells of a graded notebook as `notebook` has them."""
    changed = Changed()
    with Gradebook(url) as book:
        try:
            known = book.find_notebook(name, name)
        except MissingEntry:
            return changed
        if not known.submissions:
            return changed  # nbgrader itself makes it anew
        wanted, there = _wanted(notebook), _there(known)
        if gone := there.keys() - wanted.keys():
            changed.copy = _copied(url)
        for key in sorted(gone):
            _remove(book, there[key])
        for key in sorted(wanted.keys() - there.keys()):
            _add(book, known, *key, wanted[key])
        book.db.commit()
    tests = [{n for kind, n in keys if kind == "grade"} for keys in (wanted, there)]
    changed.added = _exercises(tests[0] - tests[1])
    changed.removed = _exercises(tests[1] - tests[0])
    return changed


def _exercises(tests: set[str]) -> list[str]:
    return sorted(name.removeprefix("test_") for name in tests)


def _wanted(notebook: NotebookNode) -> dict[tuple[str, str], NotebookNode]:
    """Cells by kind and name, as nbgrader's SaveCells would record them."""
    kinds = {
        "grade": utils.is_grade,
        "solution": utils.is_solution,
        "task": utils.is_task,
        "source": lambda c: (
            utils.is_grade(c)
            or utils.is_solution(c)
            or utils.is_locked(c)
            or utils.is_task(c)
        ),
    }
    return {
        (kind, cell.metadata.nbgrader["grade_id"]): cell
        for cell in notebook.cells
        for kind, holds in kinds.items()
        if holds(cell)
    }


def _there(known: Known) -> dict[tuple[str, str], Any]:
    cells = {
        "grade": known.grade_cells,
        "solution": known.solution_cells,
        "task": known.task_cells,
        "source": known.source_cells,
    }
    return {(kind, cell.name): cell for kind in cells for cell in cells[kind]}


def _remove(book: Gradebook, cell: Any) -> None:
    for kind in ("grades", "comments"):
        for row in list(getattr(cell, kind, ())):
            book.db.delete(row)
    book.db.flush()
    book.db.delete(cell)
    book.db.flush()


def _add(
    book: Gradebook, known: Known, kind: str, name: str, cell: NotebookNode
) -> None:
    points = float(cell.metadata.nbgrader.get("points") or 0)
    scored = {"max_score": points, "cell_type": cell.cell_type}
    more: dict[str, dict[str, Any]] = {
        "grade": scored,
        "task": scored,
        "solution": {},
        "source": {"cell_type": cell.cell_type},
    }
    add = getattr(book, f"add_{kind}_cell")
    made = add(name, known.name, known.assignment.name, **more[kind])
    for submission in known.submissions:
        if kind in ("grade", "task"):
            # it asks for a look until it is graded
            score = Score(cell_id=made.id, notebook=submission)
            score.needs_manual_grade = True
            book.db.add(score)
        if kind in ("solution", "task"):
            book.db.add(Comment(cell_id=made.id, notebook=submission))


def _copied(url: str) -> Path | None:
    """A copy of an SQLite gradebook next to it: scores are about to be removed."""
    path = make_url(url).database
    if not url.startswith("sqlite:") or not path:
        return None
    copy = Path(path).with_name(f"{Path(path).stem}.before-release.db")
    with sqlite3.connect(path) as old, sqlite3.connect(copy) as new:
        old.backup(new)
    return copy
