"""Play a trace to an agent, and put what came of it into a table with points.

Each row earns points on a straight line between the naive agent and the reference,
both of which are played beside yours. A wrong answer is worse than none: its row is
steeper, and it takes from what the other rows count.
"""

import asyncio
import contextlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from agents import Naive
from day import SHOWN, Arrival, Trace, build
from pieces import reference
from reference_agent import Reference
from world import STAND_IN, World

from session1.virtual_time import now, run

Make = Callable[[World], Any]
PATIENCE_S = 12.0  # then a user leaves
EVERY = 10  # messages between two looks at what an agent holds
LOOKED = 20  # answers given at once that are looked for in what is held
AFTER_S = 25.0  # seconds that the end of an outage is still felt
MOST_BYTES = 10_000_000
HONOURS = 103.0  # points
BAND = 0.95  # of the way to the reference: from there on a row is held
WORSE = 4  # the row of wrong answers is so many times as steep
CAP = 1.25  # of a row's points: beyond them lie the honours


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: what it counts, in which unit, and its points."""

    key: str
    label: str
    points: float
    unit: str = ""
    digits: int = 0

    def shown(self, value: float) -> str:
        """A figure with its unit."""
        return f"{value:,.{self.digits}f}{self.unit and f' {self.unit}'}"


ROWS = (
    Row("right", "right answers", 20, "%", 1),
    Row("wrong", "wrong answers", 20),
    Row("calls", "model calls", 5),
    Row("cents", "tokens paid", 10, "cents", 2),
    Row("p50", "P50", 5, "s", 2),
    Row("p95", "P95", 10, "s", 2),
    Row("p99", "P99", 5, "s", 2),
    Row("bytes", "most bytes held", 10, "kB", 1),
    Row("stand_ins", "stand-ins and errors", 5),
    Row("lost", "missed around the outage", 10),
)


@dataclass(slots=True)
class Played:
    """What came of a trace: how each message ended, and what it all cost."""

    trace: Trace
    ends: list[str] = field(default_factory=list)
    asked: list[Arrival] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    most_bytes: int = 0
    twice: int = 0  # tickets that nobody asked for
    untold: int = 0  # times that held() left out what was known
    looks: int = 0  # at what is held, after an answer given at once
    counts: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def count(self, end: str) -> int:
        """How many messages ended so."""
        return self.ends.count(end)

    def figures(self) -> dict[str, float]:
        """The table's figures, by key."""
        begin, end = self.trace.outage
        around = [
            how
            for how, one in zip(self.ends, self.asked, strict=True)
            if begin <= one.at < end + AFTER_S
        ]
        held = float("inf") if self.untold else self.most_bytes / 1000
        return {
            "right": 100 * self.count("right") / len(self.ends),
            "wrong": self.count("wrong") + self.twice,
            "calls": self.counts["calls"],
            "cents": self.counts["cents"],
            "p50": percentile(self.waits, 50),
            "p95": percentile(self.waits, 95),
            "p99": percentile(self.waits, 99),
            "bytes": held,
            "stand_ins": self.count("stand-in") + self.count("error"),
            "lost": len(around) - around.count("right"),
        }


def percentile(values: list[float], percent: float) -> float:
    """By nearest rank."""
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


async def play(make: Make, trace: Trace) -> Played:
    """Every message at its time, answered or not; what came of it."""
    with contextlib.suppress(AttributeError):  # of who left, nobody hears
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    world = World(trace)
    agent = make(world)
    found = Played(trace)

    def tells(text: str) -> bool:
        """Whether what the agent and its disk hold has this text in it."""
        try:
            return text in _held(agent, world)[1]
        except Exception as error:
            found.errors.append(f"held(): {type(error).__name__}: {error}"[:200])
            return False

    async def call(one: Arrival) -> None:
        begin, told = now(), True
        if one.kind == "recall":
            told = tells(one.right[0].rstrip(".").split()[-1])
        answer = ""
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = str(await agent.ask(one.user, one.text))
            end = judged(world, one, answer, begin)
        except TimeoutError as error:
            end = "left" if now() - begin >= PATIENCE_S else "error"
            found.errors.append(repr(error))
        except Exception as error:
            end = "error"
            found.errors.append(f"{type(error).__name__}: {error}"[:200])
        kept = now() == begin and one.kind in ("plain", "hard")
        if kept and end == "right" and found.looks < LOOKED:
            found.looks += 1
            told = tells(answer)  # what was given at once must be held
        found.untold += end == "right" and not told
        found.ends.append(end)
        found.asked.append(one)
        found.waits.append(now() - begin)
        found.said.append(answer)

    tasks = []
    for n, one in enumerate(trace.arrivals):
        await asyncio.sleep(max(0.0, one.at - now()))
        tasks.append(asyncio.ensure_future(call(one)))
        if n % EVERY == EVERY - 1:
            try:
                size, _ = _held(agent, world)
            except Exception as error:
                found.untold += 1
                found.errors.append(f"held(): {type(error).__name__}: {error}"[:200])
            else:
                found.most_bytes = max(found.most_bytes, size)
    await asyncio.gather(*tasks)
    found.counts = world._counts()
    asked = sum(one.kind == "ticket" for one in trace.arrivals)
    found.twice = max(0, int(found.counts["tickets"]) - asked)
    return found


def judged(world: World, one: Arrival, answer: str, begin: float) -> str:
    """How a message ended: "right", "wrong" or "stand-in"."""
    if answer == STAND_IN:
        return "stand-in"
    return "right" if world._is_right(one, answer, begin) else "wrong"


def _held(agent: Any, world: World) -> tuple[int, str]:
    """The bytes that an agent says it holds, and all that it and its disk hold."""
    held = json.dumps(agent.held(), ensure_ascii=False, default=str)
    size = len(held.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise ValueError(f"held() returned {size:,} bytes")
    return size, held + world.disk._everything()


def played(make: Make, trace: Trace) -> Played:
    """The same from outside of a loop, on virtual time."""
    return run(play, make, trace).value


@cache
def bounds(seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """The figures of the naive agent and of the reference, on a seed's trace."""
    trace, own = build(seed), reference()
    naive = played(Naive, trace).figures()
    return naive, played(lambda world: Reference(world, own), trace).figures()


def start(row: Row, seed: int) -> float:
    """The figure from which a row earns: the naive agent's, of wrong answers less."""
    low = bounds(seed)[0][row.key]
    return low / WORSE if row.key == "wrong" else low


def share(row: Row, figures: Mapping[str, float], seed: int) -> float:
    """How far a figure is on the way from `start` to the reference: 0 to 1.

    More than 1 is beyond the reference.
    """
    low, high, mine = start(row, seed), bounds(seed)[1][row.key], figures[row.key]
    found = (mine - low) / (high - low) if high != low else float(mine <= low)
    return max(found, 0.0) + 0.0 if math.isfinite(found) else 0.0  # never -0.0


def shares(
    figures: Mapping[str, float], seed: int, cap: float = 1.0
) -> dict[str, float]:
    """What part of each row's points was earned, from 0 to `cap`.

    All rows but that of right answers count as far as the answers are as often right
    as the reference's, for nothing is quicker than to say nothing. Each wrong answer
    takes the weight of a right one.
    """
    wrong = 100 * figures["wrong"] / len(build(seed).arrivals)
    good = (figures["right"] - wrong) / bounds(seed)[1]["right"]
    served = min(1.0, max(0.0, good))
    found = {row.key: min(share(row, figures, seed), cap) for row in ROWS}
    return {key: x if key == "right" else x * served for key, x in found.items()}


def score(figures: Mapping[str, float], seed: int, cap: float = CAP) -> float:
    """Points of all rows: 0 for the naive agent, 100 for the reference."""
    found = shares(figures, seed, cap)
    return round(sum(row.points * found[row.key] for row in ROWS), 1)


def report(found: Played) -> str:
    """By kind of message how it ended, and what was called."""
    kinds = dict.fromkeys(one.kind for one in build(SHOWN).arrivals)
    ends = ("right", "wrong", "stand-in", "left", "error")
    lines = [f"{'':10}{''.join(f'{end:>10}' for end in ends)}{'median':>10}"]
    pairs = list(zip(found.asked, found.ends, found.waits, strict=True))
    for kind in sorted(kinds):
        rows = [(end, wait) for one, end, wait in pairs if one.kind == kind]
        counts = [sum(end == e for end, _ in rows) for e in ends]
        median = percentile([wait for _, wait in rows], 50)
        shown = "".join(f"{count or '·':>10}" for count in counts)
        lines.append(f"{kind:10}{shown}{median:>8.2f} s")
    told = found.counts
    calls = max(1.0, told["small calls"] + told["large calls"])
    lines.append(
        f"calls: small {told['small calls']:.0f}, large {told['large calls']:.0f}, "
        f"never answered {told['hung']:.0f}; tools {told['tools']:.0f}; "
        f"{told['prompt tokens'] / calls:.0f} tokens a prompt"
    )
    return "\n".join(lines)


def table(figures: Mapping[str, float], seed: int, name: str = "yours") -> str:
    """Naive, yours and the reference side by side, with the points of each row."""
    naive, ours = bounds(seed)
    earned = shares(figures, seed, CAP)
    head = f"{'':26}{'naive':>12}{name:>12}{'reference':>12}{'points':>13}  "
    lines = [head, "─" * len(head)]
    for row in ROWS:
        three = (row.shown(x[row.key]) for x in (naive, figures, ours))
        points = f"{row.points * earned[row.key]:.1f} of {row.points:g}"
        points += "  " if earned[row.key] >= BAND else " !"
        lines.append(f"{row.label:26}{''.join(f'{x:>12}' for x in three)}{points:>15}")
    total = score(figures, seed)
    lines += ["─" * len(head), f"{'score':26}{total:>{len(head) - 26}.1f}"]
    return "\n".join(lines)


LOOKS = {
    "right": "which kind of message is missed most?",
    "wrong": "what may be served to others, for how long, and by which model?",
    "calls": "what was known, or on its way, and was asked again?",
    "cents": "which model is asked what, and how long are its prompts?",
    "p50": "half of all messages: what could be given at once?",
    "p95": "one in twenty waits this long: in a line, for a tool, or for a model?",
    "p99": "the slowest: does the deadline hold for all that is awaited?",
    "bytes": "what is held that nobody asks for again?",
    "stand_ins": "what could have been tried once more, or asked of the other model?",
    "lost": "who waits for the model that hangs, and who asks it when it is back?",
}


def look_at(
    key: str,
    found: Played,
    figures: Mapping[str, float],
    ours: Mapping[str, float],
) -> str:
    """Where to look when a row is not held, from what this agent did."""
    if found.errors and found.count("error") > 3:
        return f"{found.count('error')} messages ended in {found.errors[0]}"
    if key not in ("right", "wrong") and figures["right"] < 0.9 * ours["right"]:
        return "right answers first: the other rows count as far as these do"
    if key == "wrong" and found.twice:
        return f"{found.twice} tickets were opened twice: what has an effect runs once"
    if key == "bytes" and found.untold:
        return "`held()` leaves out what the agent knows: all that is kept counts"
    if key in ("right", "wrong", "stand_ins"):
        end = {"wrong": "wrong"}.get(key, "stand-in")
        kinds = [
            one.kind
            for one, how in zip(found.asked, found.ends, strict=True)
            if how == end
        ]
        if kinds:
            most = max(sorted(set(kinds)), key=kinds.count)
            return f"{LOOKS[key]} {kinds.count(most)} of {len(kinds)} are “{most}”"
    return LOOKS[key]
