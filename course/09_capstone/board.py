"""The entry of a learner to the local leaderboard, replayed on the shown day."""

from collections.abc import Mapping
from typing import Any

from day import SHOWN, build
from parts import PARTS
from pieces import reference
from scoring import ROWS, played, score

ENTRY = "hold"  # the exercise whose answer is an entry
HERE = {name: part for name, part in PARTS.items() if "." not in name}


def replay(names: Mapping[str, Any]) -> dict[str, Any]:
    """The score and the rows of the agent that the answers of this module define.

    Parts of this module are the learner's where an answer defines them. Those of
    earlier modules are the reference's, so that entries differ by what was composed.
    """
    agent, own = names["Agent"], reference()
    mine = ["Agent"]
    for part in HERE.values():
        if callable(names.get(part)):
            setattr(own, part, names[part])
            mine.append(part)
    figures = played(lambda world: agent(world, own), build(SHOWN)).figures()
    return {
        "score": score(figures, SHOWN),
        "rows": {row.label: row.shown(figures[row.key]) for row in ROWS},
        "own": mine,
    }
