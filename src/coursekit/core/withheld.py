"""The public side of a module: what `module.toml` says without the key."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coursekit.core.module import FILE, Exercise, letter, read

# what learners of a class release do not get
WITHHELD = {
    "exercises": ("explanation", "stub"),
    "quiz": ("answer",),
    "options": ("feedback", "misconception"),
}


def public(data: Mapping[str, Any]) -> dict[str, Any]:
    """The table of a module without what a class release withholds."""
    kept = _strip(data, "")
    for row in kept.get("exercises", ()):
        lines, traps = row.pop("lines", ()), row.pop("distractors", ())
        if lines:
            made = Exercise(row.get("id", ""), "", "", "", 0)
            made = replace(made, lines=tuple(lines), distractors=tuple(traps))
            row["lettered"] = list(letter(made).lettered)
    return {"public": True, **kept}


def _strip(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        gone = WITHHELD.get(name, ())
        return {k: _strip(v, k) for k, v in value.items() if k not in gone}
    if isinstance(value, list):
        return [_strip(item, name) for item in value]
    return value


def to_toml(table: Mapping[str, Any], path: str = "") -> str:
    """A table as TOML text: plain keys first, then its lists of tables."""
    rows = {k: v for k, v in table.items() if _is_rows(v)}
    lines = [f"{k} = {_value(v)}\n" for k, v in table.items() if k not in rows]
    for key, items in rows.items():
        name = f"{path}{key}"
        lines += [f"\n[[{name}]]\n{to_toml(item, f'{name}.')}" for item in items]
    return "".join(lines)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: Any) -> str:
    """A JSON text, number, truth or list of these reads the same in TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def stripped(source: Path, released: NotebookNode | None = None) -> str:
    """The text of the released module.toml.

    It has what each answer cell of the `released` notebook starts from, so that
    `coursekit reset` can put it back.
    """
    table = public(read(source / FILE))
    stubs = {
        about.get("grade_id"): cell.source
        for cell in (released.cells if released else ())
        if (about := cell.metadata.get("nbgrader", {})).get("solution")
    }
    for row in table.get("exercises", ()):
        if row.get("id") in stubs:
            row["stub"] = stubs[row["id"]]
    return f"# Made from {source.name} by nbgrader.\n{to_toml(table)}"
