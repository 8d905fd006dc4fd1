"""The public side of a module: what `module.toml` says without the key."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from coursekit.module import Exercise, letter

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
