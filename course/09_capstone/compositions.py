"""Four compositions to look into, and settings to try."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import firsts
from agents import SETTINGS
from day import SHOWN, build
from pieces import reference
from reference_agent import Reference
from scoring import BAND, ROWS, Played, bounds, played, report, score, share, table

from coursekit.core.plain_data import is_plain, native, number

PARTS = {
    "memory": "what of a user's talk is kept, and when a model is shown it",
    "gate": "which kept answer may serve another question",
    "shared run": "who asks the same meanwhile waits for the same run",
    "tool cache": "how long the result of a tool is kept",
    "router": "which model is asked",
    "pool": "how many calls of a model run at once",
    "breaker": "when a model that hangs is given up and left alone",
    "retry": "what is tried once more",
}
SYSTEMS = {
    "A": firsts.Careful,
    "B": firsts.Stale,
    "C": firsts.Hopeful,
    "D": firsts.Everything,
}
# By the fault's own name, so that the answers do not stand here.
_OF = {
    firsts.Careful: 4,
    firsts.Stale: 3,
    firsts.Hopeful: 6,
    firsts.Everything: 0,
}
LOOKS = {
    "A": "most of what it misses are stand-ins: which model do plain questions and "
    "tellings wait for, and is it up?",
    "B": "its wrong answers are all of one kind: who said what they rest on, and when?",
    "C": "the slowest wait twice as long as before: what holds the three slots "
    "of the large model while it hangs?",
    "D": "no answer is wrong and none is late: what is dearer, and how long are its "
    "prompts?",
}


@cache
def of(name: str) -> Played:
    """The shown day with one of the compositions."""
    return firsts.composed(SYSTEMS[name], build(SHOWN))


def compared() -> str:
    """All rows of the table for the four, beside the reference; `!` is out of band."""
    _, ours = bounds(SHOWN)
    found = {name: of(name).figures() for name in SYSTEMS}
    head = f"{'':26}{'reference':>13}" + "".join(f"{name:>15}" for name in found)
    lines = [head, "─" * len(head)]
    for row in ROWS:
        cells = [f"{row.shown(ours[row.key]):>13}"]
        for figures in found.values():
            out = share(row, figures, SHOWN) < BAND
            cells.append(f"{row.shown(figures[row.key]):>13}{' !' if out else '  '}")
        lines.append(f"{row.label:26}{''.join(cells)}")
    return "\n".join(lines)


def reports() -> str:
    """How each kind of message ended in the four."""
    return "\n\n".join(f"{name}\n{report(of(name))}" for name in SYSTEMS)


def is_right(name: str, part: str) -> bool:
    """Whether this is the part that is out of place."""
    return part == list(PARTS)[_OF[SYSTEMS[name]]]


def look_at(name: str, part: str) -> str:
    """Where to look, for a part that was named."""
    if part not in PARTS:
        return f"one of {', '.join(PARTS)}"
    return LOOKS[name]


# what each change does to the agent with four parts off: which base class goes, or
# which settings come
CHANGES: dict[str, tuple[type, dict[str, float]]] = {
    "share the runs of equal questions": (firsts.Lonely, {}),
    "let tool results age": (firsts.Stale, {}),
    "send easy questions to the small model": (firsts.Careful, {}),
    "give up calls that hang and leave the model alone": (firsts.Hopeful, {}),
    "wait longer for an answer": (object, {"deadline": 11.5}),
    "keep ten times as many answers": (object, {"answers": 2000}),
    "turn calls away after 2 s in line": (object, {"wait": 2.0}),
    "keep ten times as much of each talk": (object, {"room": 2200}),
}
OFF = (firsts.Lonely, firsts.Stale, firsts.Careful, firsts.Hopeful)


@cache
def changed(change: str, seed: int = SHOWN) -> Played:
    """A day with the agent whose four parts are off, after one change or none."""
    mended, more = CHANGES.get(change, (object, {}))
    bases = tuple(kind for kind in OFF if kind is not mended)
    settings: dict[str, float] = dict(SETTINGS)
    for kind in bases:
        settings |= {k: v for k, v in kind.settings.items() if v != SETTINGS[k]}
    made: Any = type("Sick", (*bases, Reference), {"settings": settings | more})
    return firsts.composed(made, build(seed))


def gained(change: str, seed: int = SHOWN) -> float:
    """The points that a change gains."""
    before, after = changed("", seed).figures(), changed(change, seed).figures()
    return round(score(after, seed, 1.0) - score(before, seed, 1.0), 1)


def sick() -> str:
    """The table and the report of the agent with four parts off."""
    found = changed("")
    return f"{table(found.figures(), SHOWN)}\n\n{report(found)}"


def change_look(change: str) -> str:
    """Where to look, for a change that is not the best."""
    if change in CHANGES and gained(change) <= 0:
        return "it gains nothing here: which rows are out of band, and why?"
    return "count points: 40 are for right and wrong answers. What makes them wrong?"


# name: lowest, highest, and what it sets
TUNABLE = {
    "deadline": (0.5, 60.0, "seconds until a user gets a stand-in"),
    "give_up": (0.5, 60.0, "seconds that one call of a model may take"),
    "rest": (0.5, 300.0, "seconds that a model is left alone"),
    "tool_ttl": (0.1, 600.0, "seconds that the result of a tool is fresh"),
    "room": (20, 20_000, "tokens of a user's talk that are kept"),
}
FORM = "a dict of five numbers: " + ", ".join(
    f"{name} from {low:g} to {high:g}" for name, (low, high, _) in TUNABLE.items()
)


def settings_of(given: Any) -> dict[str, float] | None:
    """The settings of an answer; None if it is none."""
    if not (isinstance(given, Mapping) or is_plain(given)):
        return None
    given = native(given)
    if not isinstance(given, Mapping) or set(given) != set(TUNABLE):
        return None
    found = {name: number(value) for name, value in given.items()}
    for name, (low, high, _) in TUNABLE.items():
        value = found[name]
        if value is None or not low <= value <= high:
            return None
    return {name: float(value) for name, value in found.items() if value is not None}


def tried(chosen: Mapping[str, float], seed: int = SHOWN) -> tuple[float, Any]:
    """Points and figures of the reference with these settings."""
    own = reference()
    agent = played(lambda world: Reference(world, own, **chosen), build(seed))
    figures = agent.figures()
    return score(figures, seed, 1.0), figures


def tune_look(chosen: Mapping[str, float]) -> str:
    """Where to look in settings that miss."""
    if chosen["tool_ttl"] > 20:
        return "the state of an order is good for 20 s: how old may a result be?"
    if chosen["room"] < 150:
        return "what must stay of a long talk, and its newest log, needs some room"
    if chosen["give_up"] < 3 or chosen["deadline"] < 3:
        return "a good answer takes up to 3 s in a burst: who gives up before?"
    if chosen["rest"] > 20:
        return "each second of rest after the outage is one without the large model"
    return "vary one setting at a time: which row does it move?"
