"""What an entry of the bank is: a submission in code form and what it has earned."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from tests.grading.assay import NAME, POINTS, handed_in

Earned = tuple[float, str]  # points and status
Notebook = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A submission to 01_assay.

    `answers` replaces right ones; `before` and `after` are code cells put around an
    answer's cell; `first` is the notebook's first cell. `change` edits the notebook
    as JSON or gives the file's bytes; `place` puts things beside it. `earned` has
    the exercises that are not passed with full points.
    """

    name: str
    why: str
    answers: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    change: Callable[[dict[str, Any]], dict[str, Any] | bytes] | None = None
    place: Callable[[Path], None] | None = None
    earned: Mapping[str, Earned] = field(default_factory=dict)

    def expected(self) -> dict[str, Earned]:
        """Points and status of every exercise."""
        full = {name: (float(most), "passed") for name, most in POINTS.items()}
        return full | {k: (float(p), s) for k, (p, s) in self.earned.items()}

    def write(self, folder: Path) -> Path:
        """Hand in to `folder`; returns the notebook's path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{NAME}.ipynb"
        data = json.loads(nbformat.writes(self._notebook(), split_lines=False))
        made: Any = self.change(data) if self.change else data
        path.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
        if self.place:
            self.place(folder)
        return path

    def _notebook(self) -> Any:
        notebook = handed_in(self.answers)
        cells = []
        for cell in notebook.cells:
            name = cell.id
            around = [self.before.get(name), cell, self.after.get(name)]
            cells += [
                new_code_cell(c) if isinstance(c, str) else c for c in around if c
            ]
        notebook.cells = [*([new_code_cell(self.first)] if self.first else []), *cells]
        return notebook


def nothing(*names: str, status: str = "failed") -> dict[str, Earned]:
    """No points for these exercises."""
    return dict.fromkeys(names, (0.0, status))


def cell(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """The cell of a notebook with this id."""
    return next(c for c in notebook["cells"] if c.get("id") == name)


def without(notebook: dict[str, Any], *names: str) -> dict[str, Any]:
    """The notebook without these cells."""
    kept = [c for c in notebook["cells"] if c.get("id") not in names]
    return {**notebook, "cells": kept}
