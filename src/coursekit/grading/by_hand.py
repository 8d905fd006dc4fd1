"""Answers that a person grades: what was written, what it says, when to look again.

Grading by machine decides one thing about them: where nothing was written, there are no
points. Everything else waits for a person, whose points stay.
"""

import re
from collections.abc import Mapping
from typing import Any

from coursekit.core.module import Exercise, Module
from coursekit.core.notebook import grader, is_by_hand
from coursekit.core.rebuild import RebuiltNotebook
from coursekit.core.report import BY_HAND, EMPTY, Report

DECIDED = "decided"  # in a cell's metadata: why it has no points without a person
NOTHING = "Nothing was written."
JOINER = "\u2060"  # has no width
# as HTML it would run in the grader's browser: a tag, an entity, a link's scheme
ACTIVE = re.compile(r"<|&(?=[#\w])|(?<=[\w\\]):")
HARMLESS = re.compile(r"\b(https?|mailto|attachment)\Z", re.IGNORECASE)


def harmless(text: str) -> str:
    """Markdown that reads the same and holds no HTML, entity or odd link.

    It is shown in the browser of whoever grades, who may do more there than learners.
    """

    def broken(found: re.Match[str]) -> str:
        if found[0] != ":":
            return f"{found[0]}{JOINER}"
        before = text[max(0, found.start() - 12) : found.start()]
        return ":" if HARMLESS.search(before) else f"{JOINER}:"

    return ACTIVE.sub(broken, text)


def settle(module: Module, rebuilt: RebuiltNotebook) -> dict[str, str]:
    """Make what was written fit to be shown; the texts as they were, by exercise."""
    texts = {
        e.id: rebuilt.texts[e.id]
        for e in module.exercises
        if e.by_hand and e.id in rebuilt.texts
    }
    for cell in rebuilt.notebook.cells:
        name = grader(cell).get("grade_id")
        if name in texts and module.exercise(name).written(cell.source):
            cell.source = harmless(cell.source)
    return texts


def report(exercise: Exercise, rebuilt: RebuiltNotebook) -> Report:
    """Report no points and why, or that a person gives them."""
    name = exercise.id
    status, note = rebuilt.problems.get(name, ("", ""))
    if not status:
        full = exercise.written(rebuilt.texts.get(name, ""))
        status, note = (BY_HAND, "") if full else (EMPTY, NOTHING)
    note = f"{rebuilt.notes.get(name, '')} {note}".strip()
    return Report.of(name, exercise.points, status=status, note=note)


def decide(notebook: Any, reports: Mapping[str, Report]) -> None:
    """Write into the cells graded by hand which of them need no person, and why."""
    for cell in notebook.cells:
        found = reports.get(str(grader(cell).get("grade_id")))
        if found and is_by_hand(cell):
            cell.metadata.pop(DECIDED, None)
            if found.status != BY_HAND:
                cell.metadata[DECIDED] = found.why or found.status


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """The exercises whose texts differ between two records of grading."""
    before, now = old.get("by_hand") or {}, new.get("by_hand") or {}
    return {name for name in now if before.get(name) != now[name]}


def book(grade: Any, cell: Any, changed: set[str], looked: bool | None = None) -> None:
    """Enter a cell graded by hand: points that a person gave stay.

    Another look is asked for when the text has changed since. `looked` is whether one
    was asked for before, where nbgrader has set that anew.
    """
    grade.auto_score = 0.0 if DECIDED in cell.metadata else None
    if grade.manual_score is None:
        grade.needs_manual_grade = grade.auto_score is None
    elif grader(cell)["grade_id"] in changed:
        grade.needs_manual_grade = True
    elif looked is not None:
        grade.needs_manual_grade = looked
