"""The module that rules look at: its files read once, its release made once."""

import re
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from coursekit.author.release import generate
from coursekit.core.course import Course
from coursekit.core.module import Module, load
from coursekit.core.notebook import grader, is_solution, is_test, read_source


@dataclass(frozen=True)
class Subject:
    """One module of a course."""

    course: Course
    name: str

    @property
    def folder(self) -> Path:
        """Where its sources are."""
        return self.course.source(self.name)

    @property
    def where(self) -> str:
        """Its folder as findings name it."""
        return f"solutions/{self.name}"

    @cached_property
    def module(self) -> Module:
        """Its module.toml."""
        return load(self.folder)

    @cached_property
    def notebook(self) -> NotebookNode:
        """Its source notebook."""
        return read_source(self.folder / f"{self.name}.ipynb")

    @cached_property
    def released(self) -> NotebookNode | None:
        """The notebook that learners have now, if there is one."""
        path = self.course.release(self.name) / f"{self.name}.ipynb"
        return read_source(path) if path.is_file() else None

    @cached_property
    def generated(self) -> dict[str, bytes]:
        """The files that nbgrader releases from the sources: name -> content."""
        with tempfile.TemporaryDirectory() as place:
            folder = generate(self.course, self.name, Path(place))
            return files(folder)

    @property
    def headings(self) -> set[str]:
        """Headings of the source notebook, without the marks."""
        return headings(self.notebook)

    @cached_property
    def solutions(self) -> dict[str, NotebookNode]:
        """Answer cells by exercise."""
        cells = self.notebook.cells
        return {grader(c)["grade_id"]: c for c in cells if is_solution(c)}

    @cached_property
    def tests(self) -> dict[str, NotebookNode]:
        """Graded cells by exercise."""
        cells = [c for c in self.notebook.cells if is_test(c)]
        return {grader(c)["grade_id"].removeprefix("test_"): c for c in cells}


def files(folder: Path) -> dict[str, bytes]:
    """Content of every file below `folder` by its relative name."""
    found = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def headings(notebook: NotebookNode) -> set[str]:
    """Heading texts of the Markdown cells, without the ★ that marks the core."""
    texts = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    found = [h for t in texts for h in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", t, re.M)]
    return {h.strip("★ ") for h in found}


def parse(data: bytes) -> Any:
    """A notebook from its bytes."""
    return nbformat.reads(data.decode("utf-8"), as_version=4)
