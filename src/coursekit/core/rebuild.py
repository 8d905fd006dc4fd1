"""Rebuild the notebook that is graded: the source's, with a learner's answers in it."""

import ast
import dataclasses
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from coursekit.core.blanks import STUB
from coursekit.core.notebook import OWN, Cell, grader, is_solution, is_theirs
from coursekit.core.report import EMPTY

Answers = dict[str, list[Cell]]
MOST = 200_000  # characters of a cell searched for names
MAGIC = re.compile(r"^[%!].*$", re.M)
BY_LINE = re.compile(
    r"^(?:(?:async +)?def|class) +(\w+)|^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.M
)
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# names in these are their own
INNER = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass
class RebuiltNotebook:
    """The notebook to run, and what was wrong with the answers put into it."""

    notebook: NotebookNode
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)  # status, why
    notes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # the answers, trimmed
    # cells of the learner's, and what they define that the source defines before them
    redefined: dict[int, str] = field(default_factory=dict)


def rebuild(source: NotebookNode, learner: Iterable[Cell]) -> RebuiltNotebook:
    """The source notebook with the learner's answers and added code cells in it.

    An answer is found by its grade_id, else by the id of its cell, else by its place.

        an answer cell is missing      not attempted
        answers in each other's cells  each where it belongs
        its type is another one        tampered, that exercise alone
        several cells with its id      the last counts, earlier ones run before it
        several texts graded by hand   tampered: a person is to read one
        cells in another order         the source's order
        a cell of the source changed   as in the source
        a cell the source lacks        stays behind the cell it follows, if code

    Everything else of the learner's file is ignored.
    """
    rebuilt = RebuiltNotebook(nbformat.from_dict({**source, "cells": []}))
    given_ids = list(learner)
    learner = by_place(source, given_ids)
    for was, cell in zip(given_ids, learner, strict=True):
        if was is not cell:
            rebuilt.notes[cell.grade_id] = "Its cell lost its id: found by its place."
    answers = _answers(source, learner)
    _exchange(source, answers, rebuilt.notes)
    added = _added(source, learner)
    rebuilt.notebook.cells += added[-1]
    names = set[str]()
    for index, cell in enumerate(source.cells):
        own = defined(cell.source) if cell.cell_type == "code" else set[str]()
        start = len(rebuilt.notebook.cells)
        cell = nbformat.from_dict(cell)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if is_solution(cell):
            given = answers[grader(cell)["grade_id"]]
            _answer(cell, given, rebuilt)
            earlier = [c.text for c in given[:-1] if c.kind == "code"]
            rebuilt.notebook.cells += [_own(text) for text in earlier]
        rebuilt.notebook.cells += [cell, *added[index]]
        _note_redefined(rebuilt, start, names - own)
        names |= own
    return rebuilt


def _note_redefined(rebuilt: RebuiltNotebook, start: int, names: set[str]) -> None:
    """Note the learner's cells from `start` on that define one of these names."""
    cells = rebuilt.notebook.cells
    for index in range(start, len(cells)):
        if is_theirs(cells[index]) and cells[index].cell_type == "code":
            # to import what is there already changes nothing
            found = sorted(defined(cells[index].source, imported=False) & names)
            rebuilt.redefined |= {index: ", ".join(found[:3])} if found else {}


def _solutions(source: NotebookNode) -> dict[str, NotebookNode]:
    return {grader(c)["grade_id"]: c for c in source.cells if is_solution(c)}


def _answers(source: NotebookNode, learner: list[Cell]) -> Answers:
    """Each answer cell's text, in the learner's order."""
    names = _solutions(source)
    ids = {c.get("id"): name for name, c in names.items() if c.get("id")}
    answers: Answers = defaultdict(list)
    for cell in learner:
        name = cell.grade_id if cell.grade_id in names else ids.get(cell.id, "")
        answers[name].append(cell)
    for name, given in answers.items():
        # of one retyped and one that still is code the latter is meant
        given.sort(key=lambda c: name in names and c.kind == names[name].cell_type)
    return answers


def _answer(cell: NotebookNode, given: list[Cell], rebuilt: RebuiltNotebook) -> None:
    name = grader(cell)["grade_id"]
    if len(given) > 1:
        said = f"{len(given)} cells carry the id {name}: the last one was graded."
        rebuilt.notes[name] = f"{rebuilt.notes.get(name, '')} {said}".strip()
    if not given:
        rebuilt.problems[name] = (
            EMPTY,
            f"Its answer cell {name} is missing: copy it from a fresh notebook.",
        )
    elif given[-1].kind != cell.cell_type:
        rebuilt.problems[name] = (
            "tampered",
            f"Its answer cell {name} is a {given[-1].kind or 'nameless'} cell now: "
            f"turn it back into a {cell.cell_type} cell.",
        )
    elif cell.cell_type != "code" and len({c.text.strip() for c in given}) > 1:
        rebuilt.problems[name] = (
            "tampered",
            f"{len(given)} cells with different texts carry the id {name}: "
            "delete all but the one that is meant.",
        )
    lost = name in rebuilt.problems
    stub = STUB if cell.cell_type == "code" else ""
    cell.source = stub if lost else given[-1].text
    rebuilt.texts[name] = cell.source.strip()
    if cell.cell_type != "code":
        cell.pop("attachments", None)
        if not lost and given[-1].pictures:
            rows = given[-1].pictures
            cell.attachments = {name: {kind: data} for name, kind, data in rows}


def _added(source: NotebookNode, learner: list[Cell]) -> dict[int, list[NotebookNode]]:
    """Code cells the source does not have, by the index of the cell they follow."""
    tags = {c.source.strip(): c.metadata.get("tags") for c in source.cells}
    added: dict[int, list[NotebookNode]] = defaultdict(list)
    last = -1
    for mine, place in zip(learner, _places(source, learner), strict=True):
        text = mine.text.strip()
        if place is not None:
            last = place
        elif mine.kind == "code" and text:
            # a copy of a given cell that is not run when grading is not run either
            meta = {"tags": tags[text]} if tags.get(text) else {}
            added[last].append(_own(mine.text, **meta))
    return added


def _own(source: str, **meta: Any) -> NotebookNode:
    """A code cell of the learner's own."""
    return new_code_cell(source, metadata={OWN: True, **meta})


def _places(source: NotebookNode, learner: list[Cell]) -> list[int | None]:
    """Where in the source each of the learner's cells belongs; None for added ones.

    Ids tell. In old formats there are none: then its text, which stands for one cell
    of the source that no id claims, best for one between the cells around it.
    """
    ids: dict[tuple[str, str], int] = {}
    for index, cell in enumerate(source.cells):
        keys = ("grade", grader(cell).get("grade_id")), ("id", cell.get("id"))
        ids |= {(kind, key): index for kind, key in keys if key}
    places = [ids.get(("grade", c.grade_id), ids.get(("id", c.id))) for c in learner]
    free: dict[str, list[int]] = defaultdict(list)
    for index in sorted(set(range(len(source.cells))) - set(places)):
        free[source.cells[index].source.strip()].append(index)
    before = list(accumulate(places, _known, initial=-1))
    after = list(accumulate(places[::-1], _known, initial=len(source.cells)))[::-1]
    for near in (True, False):
        for at, mine in enumerate(learner):
            same = free[mine.text.strip()] if places[at] is None else []
            fits = [i for i in same if not near or before[at] < i < after[at]]
            if fits:
                same.remove(fits[0])
                # one from elsewhere does not take what follows it along
                places[at] = fits[0] if near else before[at]
    return places


def _known(last: int, place: int | None) -> int:
    return last if place is None else place


def by_place(source: NotebookNode, learner: list[Cell]) -> list[Cell]:
    """The learner's cells, with a grade_id for answers found by their place alone.

    Some programs drop all ids. An answer without one stands between the cells that
    surround it in the source, and defines what the solution defines.
    """
    found, answers = list(learner), _answers(source, learner)
    places = _places(source, learner)
    for index, cell in enumerate(source.cells):
        name = grader(cell).get("grade_id", "")
        if not is_solution(cell) or answers[name] or all(p is None for p in places):
            continue
        wanted = defined(cell.source)
        fits = [
            at
            for at in _between(places, index) or _same(places, index)
            if found[at].kind == cell.cell_type
            and found[at].text.strip()
            and (not wanted or wanted & defined(found[at].text))
        ]
        if fits and (wanted or len(fits) == 1):
            found[fits[-1]] = dataclasses.replace(found[fits[-1]], grade_id=name)
            places[fits[-1]] = index
    return found


def _same(places: list[int | None], index: int) -> list[int]:
    """Where a learner's cell reads as the one at `index` of the source does."""
    return [at for at, place in enumerate(places) if place == index]


def _between(places: list[int | None], index: int) -> range:
    """Where a learner's cell may stand that belongs at `index` of the source."""
    before = [at for at, p in enumerate(places) if p is not None and p < index]
    start = before[-1] + 1 if before else 0
    after = (at for at, p in enumerate(places) if p is not None and p > index)
    end = next((at for at in after if at >= start), len(places))
    return range(start, end)


def _exchange(source: NotebookNode, answers: Answers, notes: dict[str, str]) -> None:
    """Put answers that stand in each other's cells where they belong.

    Such a text defines nothing of what its own solution does, and all that another
    one does; only where those who are moved fill each other's places.
    """
    code = {n: c for n, c in _solutions(source).items() if c.cell_type == "code"}
    names = {name: defined(cell.source) for name, cell in code.items()}
    own = _only_here(names)
    texts = {n: defined(answers[n][-1].text) for n in code if answers[n]}
    meant = {}
    for name, text in texts.items():
        others = [o for o in own if o != name and own[o] and own[o] <= text]
        if own[name] and not own[name] & text and len(others) == 1:
            meant[name] = others[0]
    if meant and meant.keys() == set(meant.values()):
        moved = {meant[name]: answers[name] for name in meant}
        for name, cells in moved.items():
            answers[name] = cells
            where = next(n for n, m in meant.items() if m == name)
            notes[name] = f"Its answer stood in the cell of {where}."


def _only_here(names: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The names that no other solution defines."""
    return {
        n: own - set().union(*(x for o, x in names.items() if o != n))
        for n, own in names.items()
    }


def defined(text: str, imported: bool = True) -> set[str]:
    """The names at a cell's top level; of a cell that is not Python as lines say."""
    text = text[:MOST]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return set(_bound(ast.parse(MAGIC.sub("pass", text)), imported))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {found[1] or found[2] for found in BY_LINE.finditer(text)}


def _bound(node: ast.AST, imported: bool) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            yield child.name
        elif isinstance(child, ast.alias):
            if imported:
                yield (child.asname or child.name).partition(".")[0]
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif not isinstance(child, INNER):
            yield from _bound(child, imported)
