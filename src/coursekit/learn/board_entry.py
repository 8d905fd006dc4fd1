"""Play an entry of a leaderboard. This runs in the sandbox, beside learner code.

A module takes part by a file `board.py` with `ENTRY`, the exercise whose answer is an
entry, and `replay(names)`, which plays the names that a learner's answers define and
returns `{"score": number, "rows": {name: figure}, "own": [name, …]}`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from coursekit.check.error_messages import fault
from coursekit.check.learner_names import quiet
from coursekit.core.answers_file import FILE as ANSWERS
from coursekit.core.course import RELEASE
from coursekit.core.module import find
from coursekit.core.notebook import Cell, read_cells
from coursekit.learn.own_parts import FILE as PARTS
from coursekit.learn.own_parts import load
from coursekit.learn.taken_answers import take

FILE, ENTRY = "board.py", "entry.json"


class AsJson:
    """The result of an entry; shows as JSON."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def __repr__(self) -> str:
        return json.dumps(self.found)


def play(name: str) -> AsJson:
    """Replay the entry that lies in the current folder, beside the course's files."""
    entry = json.loads(Path(ENTRY).read_text(encoding="utf-8"))
    os.chdir(Path(RELEASE, name))
    passed = {key: {"all": True} for key in entry["passed"]}
    Path(ANSWERS).write_text(json.dumps({"progress": passed}))
    notebook = {"cells": [_cell(*cell) for cell in entry["cells"]], "nbformat": 4}
    Path(f"{name}.ipynb").write_text(json.dumps(notebook))
    sys.path.insert(0, str(Path.cwd()))
    with quiet():
        return AsJson(_played(read_cells(Path(f"{name}.ipynb"))))


def _cell(text: str, grade_id: str, id: str) -> dict[str, Any]:
    meta = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "source": text, "id": id, "metadata": meta}


def _played(cells: list[Cell]) -> dict[str, Any]:
    module, names = find(), dict[str, Any]()
    try:
        board = load(module.folder / FILE)
        own = load(module.folder / PARTS).PARTS if Path(PARTS).is_file() else ()
        here = {e.id for e in module.exercises}
        uses = (*(part for part in own if part in here), board.ENTRY)
        built = take(module, cells, tuple(dict.fromkeys(uses)))
        names = built.names
        if board.ENTRY not in built.solved:
            why = [e for e in built.errors if e.startswith(f"{board.ENTRY}: ")]
            return {"error": why[0] if why else f"{board.ENTRY} is not solved yet"}
        found = board.replay(names)
        return {key: found[key] for key in ("score", "rows", "own")}
    except Exception as error:
        return {"error": fault(error, names).text()}
