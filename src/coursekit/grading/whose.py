"""Find out which module a notebook belongs to, by the ids of its cells."""

import contextlib
import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coursekit.core.course import Course, CourseError
from coursekit.core.notebook import Cell, cells_of, grader, is_solution, read_source


@dataclass(frozen=True)
class Known:
    """A module's answer cells as they were handed out, and all ids it gave cells."""

    answers: dict[str, Cell]
    names: dict[str, str]  # grade_id by cell id, of answer cells
    ids: frozenset[str]
    texts: frozenset[str]
    cells: frozenset[str]  # ids of all its cells

    def added(self, cells: Iterable[Cell]) -> bool:
        """Whether there is code that was not handed out."""
        return any(
            c.kind == "code" and c.text.strip() not in self.texts
            for c in cells
            if not self.answer(c) and c.id not in self.cells
        )

    def answer(self, cell: Cell) -> str:
        """The grade_id of the answer that a learner's cell gives, empty if none."""
        return cell.grade_id if cell.grade_id in self.answers else self.by_id(cell)

    def by_id(self, cell: Cell) -> str:
        """The same where nbgrader's metadata is lost."""
        return self.names.get(cell.id, "")

    def count(self, cells: Iterable[Cell]) -> int:
        """How many of this module's ids are there."""
        return len({i for c in cells for i in (c.grade_id, c.id)} & self.ids)


def known(course: Course, module: str) -> Known:
    """The cells that a module hands out, read again when its files change."""
    source = course.source(module) / f"{module}.ipynb"
    released = course.release(module) / f"{module}.ipynb"
    return _known(source, _stamp(source), released, _stamp(released))


def whose(course: Course, module: str, cells: list[Cell]) -> str:
    """The module that cells are of: the expected one unless another fits better."""
    own = known(course, module)
    if 2 * len({own.answer(c) for c in cells} - {""}) > len(own.answers):
        return module
    counts = {module: own.count(cells)}
    for other in course.modules:
        with contextlib.suppress(CourseError):  # one that is being written
            counts[other] = known(course, other).count(cells)
    return max(counts, key=lambda m: (counts[m], m == module))


def another(course: Course, module: str, cells: list[Cell]) -> str:
    """Why these are not the cells of this module, empty when they may be."""
    other = whose(course, module, cells)
    if other == module:
        return ""
    return (
        f"{module}.ipynb is the notebook of {other}, under another name: "
        f"hand in that of {module}, and this one in the folder {other}."
    )


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


@functools.lru_cache(maxsize=64)
def _known(source: Path, _changed: int, released: Path, there: int) -> Known:
    cells = read_source(source).cells
    given_out = _released(released) if there else []
    handed = {c.grade_id: c for c in given_out if c.grade_id}
    own = [c for c in cells if is_solution(c)]
    names = {grader(c)["grade_id"]: str(c.get("id", "")) for c in own}
    ids = {str(grader(c).get("grade_id", "")) for c in cells}
    ids |= {str(c.get("id", "")) for c in cells if grader(c)}
    answers = {name: handed.get(name, Cell("code", "", name)) for name in names}
    by_id = {id: name for name, id in names.items() if id}
    texts = {c.source.strip() for c in cells} | {c.text.strip() for c in given_out}
    every = {str(c.get("id", "")) for c in cells}
    return Known(
        answers,
        by_id,
        frozenset(ids - {""}),
        frozenset(texts | {""}),
        frozenset(every - {""}),
    )


def _released(path: Path) -> list[Cell]:
    try:
        return cells_of(json.loads(path.read_bytes()), path)
    except (OSError, ValueError):
        return []
