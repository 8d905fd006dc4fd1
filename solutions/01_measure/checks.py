"""How the exercises of 01_measure are graded. Calls and virtual time; no clocks."""

import asyncio
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.check.check import Check
from coursekit.core.plain_data import number, same
from coursekit.core.wording import show
from coursekit.learn.own_parts import load
from session1.virtual_time import now

Names = Mapping[str, Any]
diagnosis = load(Path(__file__).with_name("diagnosis.py"))


def _cause(*causes: tuple[Any, str]) -> str:
    """Say of the first cause that holds where to look; empty when none does."""
    return next((look for holds, look in causes if holds), "")


def _once(check: Check, points: Mapping[str, float]) -> None:
    """Write down criteria that count once an earlier one is reached."""
    for i, (name, most) in enumerate(points.items()):
        once = "this and the rest: once the first is reached"
        check.add(name, most, 0, given="" if i else once)


CLOCKS = {"by_time": -2, "by_perf_counter": 8, "by_process_time": 4}
CHOICES = {
    "for_the_wait": ("perf_counter", "it runs on while the user waits, and never back"),
    "for_the_date": ("time", "only this one knows the date"),
}


def clocks(ns: Names, check: Check) -> None:
    """5 points, one a figure and one a clock."""
    for name, want in CLOCKS.items():
        with check.part(name, 1):
            got = ns[name]
            belief, look = diagnosis.clock_look(name, number(got) or 0.0)
            look = look or "go through the table row by row: does this clock move?"
            check.close(name, 1, got, want, look=look, belief=belief)
    for name, (clock, look) in CHOICES.items():
        with check.part(name, 1):
            got = str(ns[name]).strip().removesuffix("()").removeprefix("time.").lower()
            belief = {
                "time": "wall-clock-measures",
                "process_time": "cpu-time-is-waiting",
            }.get(got, "")
            check.true(
                name,
                1,
                got == clock,
                got=show(ns[name]),
                expected="one of the three clocks, the other one"
                if got in ("time", "perf_counter", "process_time")
                else '"time", "perf_counter" or "process_time"',
                look=look,
                belief=belief if name == "for_the_wait" else "",
            )


class _Rows:
    """What a tracker records, and the clock by which plain calls take time."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, float, Any]] = []
        self.seconds = 1000.0

    def record(self, name: Any, seconds: Any, ok: Any) -> None:
        """Note a call."""
        found = number(seconds)
        self.rows.append((name, math.nan if found is None else round(found, 6), ok))

    def clock(self) -> float:
        """Seconds, which pass only while `work` runs."""
        return self.seconds

    @property
    def timed(self) -> list[tuple[float, Any]]:
        """Rows without their names."""
        return [(seconds, ok) for _, seconds, ok in self.rows]


PLAIN = "a plain call is recorded once with its seconds"
ASYNC = "an async call is recorded when it is done"
FAILED = "a call that fails is recorded and its error comes through"
CANCELLED = "a cancelled call is recorded and stays cancelled"
NAMED = "name and docstring stay"


def track(ns: Names, check: Check) -> None:
    """6 points: async (2), failed, cancelled, name and plain calls (1 each).

    Plain calls are recorded as shipped: they count once one of the others is reached.
    """
    tracked = ns["tracked"]
    with check.part(ASYNC, 2):
        _async_calls(tracked, check)
    with check.part(FAILED, 1):
        _failing_calls(tracked, check)
    with check.part(CANCELLED, 1):
        _cancelled_calls(tracked, check)
    with check.part(NAMED, 1):
        _names_stay(ns, tracked, check)
    if not any(one.full for one in check.criteria):
        check.add(PLAIN, 1, 0, given="counts once one of the others is reached")
        return
    with check.part(PLAIN, 1):
        _plain_calls(tracked, check)


def _plain_calls(tracked: Any, check: Check) -> None:
    rows = _Rows()

    def work(seconds: float, *more: Any, answer: Any = None) -> Any:
        rows.seconds += seconds
        return answer

    call = check.call(check.call(tracked, rows.record, rows.clock), work)
    got = [check.call(call, 2.5, answer="yes"), check.call(call, 0.25, 1, 2, answer=[])]
    got.append(check.call(call, 0))
    want = [(2.5, True), (0.25, True), (0.0, True)]
    right = same(got, ["yes", [], None])
    belief, look = "", "return what the function returned, whatever it is"
    if right:
        belief, look = diagnosis.row_look(rows.timed, want)
    check.true(
        PLAIN,
        1,
        right and same(rows.timed, want),
        given="calls of 2.5, 0.25 and 0 s with arguments by place and by name",
        got=f"{show(got)}, recorded {show(rows.timed)}",
        expected=f"{show(['yes', [], None])}, recorded {show(want)}",
        look=look,
        belief=belief if belief == "one-start-for-all" else "",
    )


def _async_calls(tracked: Any, check: Check) -> None:
    rows = _Rows()

    async def wait(seconds: float, answer: Any = None) -> Any:
        await asyncio.sleep(seconds)
        return answer

    call = check.call(check.call(tracked, rows.record, now), wait)

    async def one(seconds: float, answer: Any) -> Any:
        return await call(seconds, answer=answer)

    async def scene() -> list[Any]:
        first = await one(0.05, "a")
        second = asyncio.create_task(one(3, "b"))
        await asyncio.sleep(1)
        third = await one(1, "c")
        return [first, await second, third]

    got, seconds = check.timed(scene())
    want = [(0.05, True), (1.0, True), (3.0, True)]
    right = same(got, ["a", "b", "c"])
    belief, look = "", "the wrapper of an async function returns what was awaited"
    if right:
        belief, look = diagnosis.row_look(rows.timed, want)
    check.true(
        ASYNC,
        2,
        right and same(rows.timed, want) and round(seconds, 6) == 3.05,
        given="a call of 0.05 s; then one of 3 s, and 1 s later one of 1 s",
        got=f"{show(got)}, recorded {show(rows.timed)}",
        expected=f"{show(['a', 'b', 'c'])}, recorded {show(want)}",
        look=look,
        belief=belief,
    )


def _failing_calls(tracked: Any, check: Check) -> None:
    rows = _Rows()

    def breaks(seconds: float) -> None:
        rows.seconds += seconds
        raise KeyError("gone")

    async def breaks_later(seconds: float) -> None:
        await asyncio.sleep(seconds)
        raise OSError("down")

    plain = check.call(check.call(tracked, rows.record, rows.clock), breaks)
    later = check.call(check.call(tracked, rows.record, now), breaks_later)

    async def waited() -> Any:
        return await later(2)

    came = []
    for ask in (lambda: check.call(plain, 4), lambda: check.wait(waited())):
        try:
            came.append(show(ask()))
        except (KeyError, OSError) as error:
            came.append(type(error).__name__)
    want = [(4.0, False), (2.0, False)]
    right = came == ["KeyError", "OSError"]
    belief, look = "", "the error goes on to the caller: `raise`, or no `except` at all"
    if right:
        belief, look = diagnosis.row_look(rows.timed, want)
    check.true(
        FAILED,
        1,
        right and same(rows.timed, want),
        given="a call that raises KeyError after 4 s, one that awaits 2 s, then OSError",
        got=f"{', '.join(came)}; recorded {show(rows.timed)}",
        expected=f"KeyError, OSError; recorded {show(want)}",
        look=look,
        belief=belief,
    )


def _cancelled_calls(tracked: Any, check: Check) -> None:
    rows = _Rows()

    async def wait(seconds: float) -> None:
        await asyncio.sleep(seconds)

    call = check.call(check.call(tracked, rows.record, now), wait)

    async def one() -> Any:
        return await call(60)

    async def scene() -> str:
        task = asyncio.create_task(one())
        await asyncio.sleep(7)
        task.cancel()
        await asyncio.wait([task])
        return "cancelled" if task.cancelled() else "not cancelled"

    got, want = check.wait(scene()), [(7.0, False)]
    lost = got == "cancelled" and not rows.rows
    check.true(
        CANCELLED,
        1,
        got == "cancelled" and same(rows.timed, want),
        given="a call of 60 s, cancelled after 7 s",
        got=f"{got}, recorded {show(rows.timed)}",
        expected=f"cancelled, recorded {show(want)}",
        look="CancelledError is no Exception: `finally`, or `except BaseException`"
        if lost
        else "record it with ok False, and let the CancelledError go on",
        belief="exception-catches-all" if lost else "",
    )


def _names_stay(ns: Names, tracked: Any, check: Check) -> None:
    rows = _Rows()
    tools = ns["inspect"]  # of the learner's side, where names and docstrings are
    decorate = check.call(tracked, rows.record, rows.clock)
    once = check.call(decorate, tools.cleandoc)
    twice = check.call(decorate, once)
    check.call(twice, " x ")
    names = [name for name, _, _ in rows.rows]
    doc = check.call(tools.getdoc, once)
    right = check.call(tools.getdoc, tools.cleandoc)
    kept = same(doc, right)
    check.true(
        NAMED,
        1,
        kept and names == ["cleandoc", "cleandoc"],
        given="inspect.cleandoc, tracked, and tracked again",
        got=f"recorded as {show(names)}, docstring {'kept' if kept else 'lost'}",
        expected=f"recorded as {show(['cleandoc', 'cleandoc'])}, docstring kept",
        look="`@functools.wraps(func)` above each wrapper",
        belief="wrapper-is-the-function",
    )


Bounds = tuple[float, float, float]
LOWER, HIGHER = "lower is better", "higher is better"
EDGES = "a value on a bound is not past it"
NONE = "None is not measured and 0 is"
NAN = "NaN is refused"
ROWS: dict[str, list[Bounds]] = {  # target, excellent, action
    LOWER: [(0.1, 0.05, 0.2), (70, 50, 85), (1, 0.1, 2), (3.5, 1.25, 8)],
    HIGHER: [(1000, 5000, 500), (0.99, 0.999, 0.98), (10, 20, 2), (0.5, 0.75, 0.25)],
}


def _between(bounds: Bounds) -> list[float]:
    """Values in each band of a row, none on a bound."""
    draw = random.Random(str(bounds))
    low, *middle, high = sorted(bounds)
    steps = [low / 2, low, *middle, high, high * 2]
    inside = [
        a + (b - a) * draw.uniform(0.1, 0.9)
        for a, b in zip(steps, steps[1:], strict=False)
    ]
    return [*inside, 0.97 * low, 1.03 * high, 40 * high]


def bands(ns: Names, check: Check) -> None:
    """5 points: both directions, the bounds, None and zero, NaN, one each.

    The last three only if one of the directions is reached.
    """

    def ask(value: Any, bounds: Bounds) -> Any:
        return check.call(ns["verdict"], value, *bounds)

    def judged(name: str, cases: Sequence[tuple[Any, Bounds, str]]) -> bool:
        done = False
        with check.part(name, 1):
            for value, bounds, want in cases:
                got = ask(value, bounds)
                if not same(got, want):
                    break
            look = ""
            if value is not None:
                look = diagnosis.band_look(got, value, bounds)
            belief = "bound-is-inside" if value in bounds else ""
            if got == "not measured" or value is None:
                belief = "none-is-zero"
            done = check.equal(
                name,
                1,
                got,
                want,
                given=f"value {value}, target {bounds[0]}, excellent {bounds[1]}, "
                f"action {bounds[2]}",
                look=look or 'first of all: `if value is None: return "not measured"`',
                misconception="lower-is-always-better" if name == HIGHER else "",
                believes={belief: got} if belief and not same(got, want) else {},
            )
        return done

    reached = [
        judged(name, [(v, b, diagnosis.band(v, *b)) for b in rows for v in _between(b)])
        for name, rows in ROWS.items()
    ]
    if not any(reached):
        _once(check, dict.fromkeys((EDGES, NONE, NAN), 1.0))
        return
    some = [b for rows in ROWS.values() for b in rows]
    judged(EDGES, [(v, b, diagnosis.band(v, *b)) for b in some for v in b])
    none = [(None, b, "not measured") for b in some]
    zero = [(z, b, diagnosis.band(0, *b)) for b in some for z in (0, 0.0)]
    judged(NONE, none + zero)
    with check.part(NAN, 1):
        check.raises(
            NAN,
            1,
            ValueError,
            ns["verdict"],
            math.nan,
            0.1,
            0.05,
            0.2,
            given="value nan, target 0.1, excellent 0.05, action 0.2",
            look="every comparison with NaN is False: ask `math.isnan(value)` first",
        )


OMITTED = {"missing": 5, "recorded_p80": 1, "wait_of_60": 15, "users_p80": 33}


def omitted(ns: Names, check: Check) -> None:
    """4 points, one a figure."""
    looks = {
        "missing": "the plan has ten; at how many of those times did it ask?",
        "recorded_p80": "sort the waits it wrote down, then rank 80 % of them",
        "wait_of_60": "it waits for the thaw and for those before it",
        "users_p80": "all ten waits, sorted: rank 8",
    }
    for name, want in OMITTED.items():
        with check.part(name, 1):
            got = ns[name]
            belief, look = diagnosis.omitted_look(name, number(got) or 0.0)
            check.close(name, 1, got, want, look=look or looks[name], belief=belief)
