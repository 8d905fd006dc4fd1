"""A learner's quiz answers and guesses, wherever they came with a submission.

They are in `answers.json`, which may be missing, renamed or damaged, and in outputs of
the notebook itself. All of it counts; where two differ, the one that was saved later.
Nothing here is trusted: it is text about the learner's own answers, and is bounded.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit.core import notebook as notebooks
from coursekit.core.answers_file import FILE, MIME, sections, understand
from coursekit.core.course import CourseError
from coursekit.core.module import Module
from coursekit.core.notebook import Cell
from coursekit.grading import intake

RENAMED = re.compile(r"answers.*json(\.txt)?", re.IGNORECASE)
MOST = 1_000_000  # bytes of a record: more than any learner answers
OUTPUTS = 100  # outputs of a notebook that are read, its last ones
LETTER = re.compile(r"[A-Z]")


@dataclass(frozen=True)
class Source:
    """One place that answers came in, and when it says that they were saved."""

    name: str
    at: str
    table: dict[str, dict[str, Any]]
    why: str = ""  # why it could not be read whole


@dataclass(frozen=True)
class GivenAnswers:
    """All answers, as the text of an answers.json, with remarks."""

    text: str = ""
    notes: list[str] = field(default_factory=list)


def given(path: Path, module: Module) -> GivenAnswers:
    """Collect the answers that came with the notebook at `path`."""
    questions = [q.id for q in module.quiz]
    here = [*_in_notebook(path, questions), *_in_files(path, module.name, questions)]
    found = sorted(here, key=_when)
    merged: dict[str, dict[str, Any]] = {}
    for source in found:
        for name, answers in source.table.items():
            merged.setdefault(name, {}).update(answers)
    at = max((s.at for s in found), default="")
    text = json.dumps({"at": at, **merged}) if found else ""
    notes = [*_damaged(found), *_differing(found, questions)]
    if not any(q in merged.get("quiz", {}) for q in questions):
        notes += _nothing(path, module)
    return GivenAnswers(text, notes)


def _when(source: Source) -> tuple[str, bool, bool]:
    """In order of time; of two that do not say, the file of the right name is last."""
    return source.at, not source.why, source.name == FILE


def _damaged(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.why:
            count = len(source.table["quiz"])
            read = f"{count} quiz answers were read" if count else "it was left out"
            yield f"{source.name} {source.why}: {read}"


def _differing(found: list[Source], questions: list[str]) -> Iterator[str]:
    """Say that two sources have different answers, and which one counts."""
    odd: dict[str, set[str]] = {}
    for question in questions:
        # of the notebook's own outputs, the last one
        last = {s.name: s.table["quiz"].get(question) for s in found}
        letters = {name: letter for name, letter in last.items() if letter}
        if len(set(letters.values())) > 1:
            odd[question] = set(letters)
    if odd:
        names = sorted(set().union(*odd.values()))
        yield (
            f"{' and '.join(names)} differ in {', '.join(odd)}: "
            "what was saved later counts"
        )


def _nothing(path: Path, module: Module) -> Iterator[str]:
    """Say that no answer came at all, though the quiz may have been answered."""
    quizzes = [e.id for e in module.exercises if e.kind == "quiz"]
    if not quizzes or (path.parent / FILE).is_file():
        return
    with contextlib.suppress(CourseError):
        cells, problem = intake.read(path)
        if not problem and not any(_answers_in_code(c, quizzes) for c in cells):
            yield f"{FILE} is missing, and the notebook holds no quiz answers"


def _answers_in_code(cell: Cell, quizzes: list[str]) -> bool:
    asked = cell.grade_id in quizzes or cell.id in quizzes
    lines = cell.text.splitlines() if asked else []
    return any(line.strip() and not line.strip().startswith("#") for line in lines)


def _in_files(path: Path, module: str, questions: list[str]) -> Iterator[Source]:
    """Of the files next to the notebook; renamed ones in the module's own folder."""
    own = path.resolve().parent.name == module
    try:
        names = sorted(p.name for p in path.parent.iterdir())
    except OSError:
        return
    for name in names:
        if name == FILE or (own and RENAMED.fullmatch(name)):
            shown = intake.shown(name)
            try:
                data = intake.read_file(path.parent / name, MOST)
                yield _source(shown, data, questions)
            except CourseError:
                yield Source(shown, "", sections({}), "cannot be read or is too large")


def _in_notebook(path: Path, questions: list[str]) -> Iterator[Source]:
    """Of the outputs in which `quiz()` and its tests leave the answers."""
    try:
        found = notebooks.parse(intake.read_file(path, notebooks.MAX_BYTES), path)
    except CourseError:
        return
    for text in list(_kept(found))[-OUTPUTS:]:
        source = _source("the notebook", text.encode("utf-8", "replace"), questions)
        if not source.why:
            yield source


def _kept(found: Any) -> Iterator[str]:
    for cell in _rows(found, "cells"):
        for output in _rows(cell, "outputs"):
            data = output.get("data")
            text = data.get(MIME) if isinstance(data, dict) else None
            parts = text if isinstance(text, list) else [text]
            joined = "".join(p for p in parts if isinstance(p, str))
            if 0 < len(joined) <= MOST:
                yield joined


def _rows(table: Any, key: str) -> list[dict[str, Any]]:
    rows = table.get(key) if isinstance(table, dict) else None
    return [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []


def _source(name: str, data: bytes, questions: list[str]) -> Source:
    table, whole = understand(data)
    found = sections(table)
    said = found["quiz"] or _elsewhere(table, questions)
    letters = {q: x.strip().upper() for q, x in said.items() if isinstance(x, str)}
    found["quiz"] = {q: x for q, x in letters.items() if LETTER.fullmatch(x)}
    at = table.get("at")
    when = at if isinstance(at, str) and len(at) < 40 and whole else ""
    why = _unread(table, said, questions) if whole else "is damaged (not JSON)"
    return Source(name, when, found, why)


def _unread(table: dict[str, Any], said: dict[str, Any], questions: list[str]) -> str:
    """Which answers of a whole file mean nothing to us."""
    if not said:
        return "has no table of quiz answers" if table.get("quiz", {}) != {} else ""
    asked = [q for q in questions if q in said]
    if not asked:
        return "answers other questions than this module's"
    odd = [q for q in asked if not LETTER.fullmatch(str(said[q]).strip().upper())]
    return f"has no letter for {', '.join(odd)}" if odd else ""


def _elsewhere(table: Any, questions: list[str], depth: int = 3) -> dict[str, Any]:
    """The answers of a file that somebody has put together anew, wherever they are."""
    if not isinstance(table, dict) or not depth:
        return {}
    if found := {q: table[q] for q in questions if q in table}:
        return found
    inner = (_elsewhere(value, questions, depth - 1) for value in table.values())
    return next(filter(None, inner), {})
