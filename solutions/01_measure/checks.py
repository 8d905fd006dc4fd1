"""How the exercises of 01_measure are graded. Calls and virtual time; no clocks."""

import asyncio
import inspect
import math
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.check.parsons import assemble
from coursekit.check.shuffled_trials import verdicts
from coursekit.core.plain_data import number, same
from coursekit.core.wording import show
from coursekit.learn.own_parts import load
from session1.virtual_time import now

Names = Mapping[str, Any]
diagnosis, sick, trackers = (
    load(Path(__file__).with_name(f"{name}.py"))
    for name in ("diagnosis", "sick", "trackers")
)


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


def _plain_number(got: Any) -> str:
    """Where to look when an answer is no number; empty for one."""
    return "" if number(got) is not None else "a number, without quotes or unit"


def clocks(ns: Names, check: Check) -> None:
    """5 points, one a figure and one a clock."""
    for name, want in CLOCKS.items():
        with check.part(name, 1):
            got = ns[name]
            belief, look = diagnosis.clock_look(name, number(got) or 0.0)
            look = look or "go through the table row by row: does this clock move?"
            look = _plain_number(got) or look
            check.close(name, 1, got, want, look=look, belief=belief)
    for name, (clock, look) in CHOICES.items():
        with check.part(name, 1):
            got = diagnosis.clock_name(ns[name])
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
                if got in diagnosis.CLOCK_NAMES
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


KIND = "a plain function stays one: choose by `inspect.iscoroutinefunction(func)`"


def _plain_calls(tracked: Any, check: Check) -> None:
    rows = _Rows()

    def work(seconds: float, *more: Any, answer: Any = None) -> Any:
        rows.seconds += seconds
        return answer

    call = check.call(check.call(tracked, rows.record, rows.clock), work)
    # called as it is: a coroutine is no answer of a plain function
    got = [call(2.5, answer="yes"), call(0.25, 1, 2, answer=[]), call(0)]
    if any(map(inspect.isawaitable, got)):
        check.add(
            PLAIN, 1, 0, got="something to await", expected="the answer", look=KIND
        )
        for each in got:
            if inspect.iscoroutine(each):
                each.close()
        return
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
        given="one that raises KeyError after 4 s, one that awaits 2 s, then OSError",
        got=f"{', '.join(came)}; recorded {show(rows.timed)}",
        expected=f"KeyError, OSError; recorded {show(want)}",
        look=look,
        belief=belief,
    )


def _cancelled_calls(tracked: Any, check: Check) -> None:
    rows = _Rows()

    ended: list[float] = []

    async def wait(seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
        finally:
            ended.append(seconds)

    call = check.call(check.call(tracked, rows.record, now), wait)

    async def one() -> Any:
        return await call(60)

    async def scene() -> str:
        task = asyncio.create_task(one())
        await asyncio.sleep(7)
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            return "not cancelled"
        return "cancelled" if ended else "cancelled, and what it called goes on"

    got, want = check.wait(scene()), [(7.0, False)]
    lost = got == "cancelled" and not rows.rows
    runs_on = got.endswith("on")
    check.true(
        CANCELLED,
        1,
        got == "cancelled" and same(rows.timed, want),
        given="a call of 60 s, cancelled after 7 s",
        got=f"{got}, recorded {show(rows.timed)}",
        expected=f"cancelled, recorded {show(want)}",
        look="CancelledError is no Exception: `finally`, or `except BaseException`"
        if lost
        else "`await` the call itself: a shield keeps it running"
        if runs_on
        else "record it with ok False, and let the CancelledError go on",
        belief="exception-catches-all" if lost else "",
    )


async def _called(function: Any, arg: Any) -> None:
    """Call it while a loop runs, whatever kind it is of."""
    result = function(arg)
    if inspect.isawaitable(result):
        await result


def _names_stay(ns: Names, tracked: Any, check: Check) -> None:
    # both of the learner's side, where names and docstrings are
    plain, later = ns["inspect"].cleandoc, ns["asyncio"].sleep
    for name, func, arg in (("cleandoc", plain, " x "), ("sleep", later, 0.5)):
        rows = _Rows()
        clock = rows.clock if func is plain else now
        decorate = check.call(tracked, rows.record, clock)
        once = check.call(decorate, func)
        check.wait(_called(check.call(decorate, once), arg))
        names = [said for said, _, _ in rows.rows]
        docs = [check.call(ns["inspect"].getdoc, each) for each in (once, func)]
        kept = same(*docs)
        if not kept or names != [name, name]:
            break
    check.true(
        NAMED,
        1,
        kept and names == [name, name],
        given=f"`{name}` of the standard library, tracked, and tracked again",
        got=f"recorded as {show(names)}, docstring {'kept' if kept else 'lost'}",
        expected=f"recorded as {show([name, name])}, docstring kept",
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
    inside = [a + (b - a) * draw.uniform(0.1, 0.9) for a, b in pairwise(steps)]
    inside = [float(f"{value:.3g}") for value in inside]
    return [*inside, 0.97 * low, 1.03 * high, 40 * high]


def bands(ns: Names, check: Check) -> None:
    """5 points: both directions, the bounds, None and zero, NaN, one each.

    The last three only if one of the directions is reached.
    """

    def ask(value: Any, bounds: Bounds) -> Any:
        return check.call(ns["verdict"], value, *bounds)

    def judged(name: str, cases: Sequence[tuple[Any, Bounds, str]]) -> bool:
        done = False
        with check.part(name, 1, look="only NaN raises an error"):
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
    ends = [(z, b, diagnosis.band(z, *b)) for b in some for z in (0, 0.0, math.inf)]
    judged(NONE, none + ends)
    with check.part(NAN, 1):
        nan = float("nan")  # which is not the object `math.nan`
        bounds, other = (rows[0] for rows in ROWS.values())
        try:
            ask(nan, bounds)
        except ValueError:
            bounds = other
        except Exception:
            pass  # shown below
        check.raises(
            NAN,
            1,
            ValueError,
            ns["verdict"],
            nan,
            *bounds,
            given=f"value nan, target {bounds[0]}, excellent {bounds[1]}, "
            f"action {bounds[2]}",
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
            look = _plain_number(got) or look or looks[name]
            check.close(name, 1, got, want, look=look, belief=belief)


SUCCESSES = "successes only"
WARM = "the warm-up is left out"
WHOLE = "the window counts to the fraction of a second"
NO_WINDOW = "None where no time is left"
Log = list[tuple[float, bool]]


def _rate(log: Log, ended: float, warm_up: float) -> float | None:
    if ended <= warm_up:
        return None
    return sum(ok and warm_up < at <= ended for at, ok in log) / (ended - warm_up)


def _rates() -> dict[str, list[tuple[Log, float, float]]]:
    draw = random.Random(5)
    steady = [(i / 4, True) for i in range(1, 81)]
    mixed = [(at, draw.random() < 0.7) for at, _ in steady]
    cold = [(i, True) for i in range(1, 6)] + [(5 + i / 8, True) for i in range(1, 121)]
    late = [*steady, (20.5, True), (31, True), (20.25, False)]
    shuffled = draw.sample(mixed, len(mixed))
    twins = sorted([*steady[:-1], *mixed[:-1]])  # two answers at each moment
    return {
        SUCCESSES: [
            (mixed, 20, 0),
            (twins, 20, 0),
            ([(1, False), (2, False)], 4, 0),
            ([], 10, 0),
        ],
        WARM: [(cold, 20, 5), (steady, 20, 10), (steady, 20, 19), (cold, 20, 4.5)],
        WHOLE: [
            (steady, 10.5, 0),
            (late, 20.2, 0.2),
            (shuffled, 3.75, 2.25),
            (mixed, 6.6, 6.1),
        ],
        NO_WINDOW: [(steady, 5, 5), (steady, 4, 9), ([], 0, 0), ([], 0, 0.0)],
    }


def rate(ns: Names, check: Check) -> None:
    """4 points: successes, warm-up, window, no window, one each."""
    looks = {
        SUCCESSES: "only pairs whose second is True count",
        WARM: "after `warm_up`, not at it; and the window is that much shorter",
        WHOLE: "up to `ended`, it too; divide by `ended - warm_up`, without rounding",
        NO_WINDOW: "when `ended` is not after `warm_up`, there is nothing to divide by",
    }
    usual = {
        SUCCESSES: "failures-are-throughput",
        WARM: "warm-up-counts",
        WHOLE: "seconds-are-whole",
        NO_WINDOW: "none-is-zero",
    }
    for name, cases in _rates().items():
        with check.part(name, 1, look=looks[name]):
            for log, ended, warm_up in cases:
                ours = list(log)
                got = check.call(ns["rate"], ours, ended, warm_up)
                want = _rate(log, ended, warm_up)
                found = number(got)
                if want is None or found is None:
                    right = got is None and want is None
                else:
                    right = abs(found - want) <= 1e-9
                lost = ours != log
                right = right and not lost
                if not right:
                    break
            look = diagnosis.rate_look(got, log, ended, warm_up) or looks[name]
            if lost:
                look = "leave the log as it is: the next to ask needs all of it"
            check.true(
                name,
                1,
                right,
                given=f"{len(log)} answers, {sum(ok for _, ok in log)} of them ok; "
                f"ended {ended:g} s, warm_up {warm_up:g} s",
                got=show(got) + (", and another log" if lost else ""),
                expected=show(want),
                look=look,
                misconception="changes-what-it-was-given" if lost else usual[name],
            )


NEAR = "within 1 % from microseconds to minutes"
ZERO = "zero is a value"
BOUNDED = "as many buckets for many values as for few"
MERGED = "two merged are one"
NOTHING = "None when nothing was added"
PERCENTS = (1, 7, 50, 90, 95, 99, 99.9, 100)
BUCKETS = 2500
NUMBERS = 7000  # two for each bucket, and room for some more


def _exact(values: Sequence[float], percent: float) -> float:
    return sorted(values)[max(1, math.ceil(percent * len(values) / 100)) - 1]


def _samples() -> list[list[float]]:
    draw = random.Random(9)
    return [
        [0.8 * draw.lognormvariate(0, 0.5) for _ in range(101)],
        [10 ** draw.uniform(-6, 2.3) for _ in range(120)],
        [0.25] * 30 + [4.0] * 10,
        [1.0],
        [3, 1, 2],
        [2.0**n for n in range(-15, 8)],
        [1e-6, 180.0],
        [1.05**i for i in range(100)],
    ]


def _filled(check: Check, kind: Any, values: Sequence[float]) -> Any:
    made = check.call(kind)
    for value in values:
        check.call(made.add, value)
    return made


def _off(check: Check, made: Any, values: Sequence[float]) -> dict[str, str]:
    """The first percentile that is not within 1 %, in words; empty when all are."""
    for percent in PERCENTS:
        want = _exact(values, percent)
        got = check.call(made.percentile, percent)
        found = number(got)
        if found is None or abs(found - want) > 0.01 * want + 1e-12:
            return {
                "given": f"P{percent} of {len(values)} values from {min(values):.3g} "
                f"to {max(values):.3g}",
                "got": show(got),
                "expected": f"{want:.6g}, or within 1 % of it",
                "look": diagnosis.near_look(found, values, percent),
            }
    return {}


def histogram(ns: Names, check: Check) -> None:
    """7 points: near (2), zero (1), bounded (1), merged (2), nothing (1).

    The others count once values come back at all near.
    """
    kind = ns["Histogram"]
    near = False
    with check.part(NEAR, 2, look="`bucket` must be fine enough: steps of 2 %"):
        off: dict[str, str] = {}
        for values in _samples():
            off = off or _off(check, _filled(check, kind, values), values)
        near = check.add(
            NEAR,
            2,
            0 if off else 2,
            **off,
            misconception="buckets-are-even" if off else "",
        )
    if not near:
        _once(check, {ZERO: 1.0, BOUNDED: 1.0, MERGED: 2.0, NOTHING: 1.0})
        return
    with check.part(ZERO, 1, look="0 has no logarithm: give it a bucket of its own"):
        zeros = _filled(check, kind, [0, 0.0, 0.001, 5])
        got = [check.call(zeros.percentile, p) for p in (50, 75, 100)]
        low, high = number(got[1]), number(got[2])
        right = same(got[0], 0) or same(got[0], 0.0)
        right = right and low is not None and abs(low - 0.001) <= 0.00001
        right = right and high is not None and abs(high - 5) <= 0.05
        check.true(
            ZERO,
            1,
            right,
            given="0, 0, 0.001 and 5: P50, P75 and P100",
            got=show(got),
            expected="0, 0.001 and 5 (within 1 %)",
            look="0 has no logarithm: give it a bucket of its own, below all others",
        )
    with check.part(BOUNDED, 1, look="`self.counts` has one entry for each bucket"):
        _bounded(check, kind)
    with check.part(MERGED, 2, look="add the counts of `other`, bucket by bucket"):
        _merged(check, kind)
    with check.part(NOTHING, 1, look="`if not self.counts: return None`"):
        got = check.call(check.call(kind).percentile, 50)
        check.true(
            NOTHING,
            1,
            got is None,
            given="P50 of an empty histogram",
            got=show(got),
            expected="None",
            look="what was not measured is None, not 0",
            belief="none-is-zero" if same(got, 0) or same(got, 0.0) else "",
        )


def _bounded(check: Check, kind: Any) -> None:
    draw = random.Random(3)
    values = [10 ** draw.uniform(-6, 3.5) for _ in range(4000)]
    made = _filled(check, kind, values)
    held = len(made.counts)
    off = _off(check, made, values)
    for value in values:
        check.call(made.add, value)
    kept = diagnosis.numbers_in(made)
    check.true(
        BOUNDED,
        1,
        0 < held <= BUCKETS and kept <= NUMBERS and not off,
        given="4,000 different values, from a microsecond to an hour, and all again",
        got=f"{held:,} in `counts`"
        + (f", and {kept:,} numbers kept of 8,000" if kept > NUMBERS else "")
        + (f", and {off['got']}" if off else ""),
        expected=f"from 1 to {BUCKETS:,}, and no more than {NUMBERS:,} numbers in all"
        + (f", and {off['expected']}" if off else ""),
        look="count values by their bucket; do not keep the values",
        misconception=""
        if 0 < held <= BUCKETS and kept <= NUMBERS
        else "keep-them-all",
    )


def _merged(check: Check, kind: Any) -> None:
    draw = random.Random(4)
    fast = [0.01 * draw.uniform(0.8, 1.2) for _ in range(90)] + [0, 0]
    slow = [0, 0, 0] + [draw.uniform(0.9, 1.5) for _ in range(40)] + [1.2] * 60
    fast += [1.2] * 60  # a bucket that both have
    one, other = _filled(check, kind, fast), _filled(check, kind, slow)
    empty = _filled(check, kind, [])
    for made in (one, other, empty):
        check.call(made.percentile, 50)  # what was asked before is no answer later
    check.call(one.merge, empty)
    check.call(one.merge, other)
    check.call(empty.merge, other)
    check.call(other.add, 7.0)
    off = _off(check, one, fast + slow)
    where = "two merged, each with some zeros"
    if not off:
        off, where = _off(check, empty, slow), "an empty one, another merged into it"
    if not off:
        off, where = _off(check, other, [*slow, 7.0]), "the one that was merged"
    look = "add the counts of `other`, bucket by bucket; `other` stays as it is"
    check.true(
        MERGED,
        2,
        not off,
        given=f"{where}: {off.get('given', '')}",
        got=off.get("got", ""),
        expected=off.get("expected", ""),
        look=look if off else "",
        misconception="percentiles-average" if off else "",
    )


HOTSPOT: dict[str, tuple[float, float, str]] = {
    "line": (11, 0, "whose work is the same for every question, and done for each?"),
    "calls_left": (30_800, 0, "300 × 100 words once, and 8 for each of 100 questions"),
    "at_most": (22, 1.0, "all of it, divided by what is left without `words_of`"),
}


def hotspot(ns: Names, check: Check) -> None:
    """4 points, one an answer."""
    with check.part("own", 1):
        got = str(ns["own"]).strip().removesuffix("()").lower()
        belief = "own-is-cumulative" if got in ("serve", "answer", "search") else ""
        check.true(
            "own",
            1,
            got == "clean",
            got=show(ns["own"]),
            expected="the name of another function in the table",
            look="the column *own ms*: what it takes itself, without what it calls",
            belief=belief,
        )
    for name, (want, tol, look) in HOTSPOT.items():
        with check.part(name, 1):
            got = ns[name]
            belief, said = diagnosis.hotspot_look(name, number(got) or 0.0)
            look = _plain_number(got) or said or look
            check.close(name, 1, got, want, tol=tol, look=look, belief=belief)


LEAK: dict[str, tuple[float, float, str]] = {
    "leak": (11, 0, "which line holds more in every snapshot?"),
    "cache": (10, 0, "which line holds as much in the last as in the first?"),
    "buffer": (7, 0, "which line takes most while it runs, and is in no snapshot?"),
    "bytes_a_request": (79, 1.0, "what it grew by, divided by the requests between"),
}


def leak(ns: Names, check: Check) -> None:
    """4 points, one an answer."""
    for name, (want, tol, look) in LEAK.items():
        with check.part(name, 1):
            got = ns[name]
            belief, said = diagnosis.leak_look(name, number(got) or 0.0)
            look = _plain_number(got) or said or look
            check.close(name, 1, got, want, tol=tol, look=look, belief=belief)


CHART = {
    "slow": "what helps a little is kept",
    "full": "what made it worse is undone",
    "idle": "the bottleneck is named again after each remedy",
    "well": "it stops when the target holds",
    "past help": "it stops when nothing is left to try",
}
CHART_BELIEFS = {
    "slow": "half-way-is-no-way",
    "full": "every-remedy-helps",
    "idle": "the-bottleneck-stays",
}


def flowchart(ns: Names, check: Check) -> None:
    """5 points, one a patient; any order of lines that treats it right gets them.

    The last two once one of the first three is reached.
    """
    source = assemble("flowchart", ns["order"])
    cured = 0
    for name, criterion in CHART.items():
        if name == "well" and not cured:
            _once(check, {CHART[x]: 1.0 for x in ("well", "past help")})
            return
        found, agent, error = _treated(source, name)
        want = sick.PATIENTS[name][3]
        honest = agent is not None and _measured_each(agent)
        honest = honest and same(agent.taken, want)
        right = same(found, want) and honest
        cured += right
        check.true(
            criterion,
            1,
            right,
            given=f"the patient that is {name}",
            got=error or f"kept {show(found)}" + _left(agent),
            expected=f"kept {show(want)}, and no other is applied",
            look=_trapped(check, source, error) or sick.look(name, found, agent, error),
            belief="" if error else _chart_belief(name, agent),
        )


def _treated(source: str, name: str) -> tuple[Any, Any, str]:
    """What was kept, the patient, and the error if there was one."""
    try:
        improve = sick.made(source)
        if improve is None:
            return None, None, "lines that make no function `improve`"
        found, agent = sick.treat(improve, name)
    except Exception as error:
        return None, None, f"{type(error).__name__}: {getattr(error, 'msg', error)}"
    return found, agent, ""


def _measured_each(agent: Any) -> bool:
    """Whether a measurement follows every remedy that was applied."""
    done = agent.done
    pairs = zip(done, [*done[1:], ""], strict=True)
    remedies = [(a, b) for a, b in pairs if a != "measure" and not a.startswith("undo")]
    return done[:1] == ["measure"] and all(b == "measure" for _, b in remedies)


def _trapped(check: Check, source: str, error: str) -> str:
    """Where to look when a trap is among lines that do not even run."""
    lines = {line.strip() for line in source.splitlines()}
    used = lines & {line.strip() for line in check.exercise.distractors}
    return "two lines are traps: they stay out" if used and error else ""


def _left(agent: Any) -> str:
    """What the patient is left with, in words."""
    if agent is None:
        return ""
    measured = "" if _measured_each(agent) else ", without measuring after each"
    return f", applied {show(agent.taken)}{measured}"


def _chart_belief(name: str, agent: Any) -> str:
    if agent is None:
        return ""
    shown = {
        "slow": not agent.taken and "a cache" in agent.done,
        "full": "a cache" in agent.taken,
        "idle": "hoist the loop" not in agent.taken,
    }
    return CHART_BELIEFS.get(name, "") if shown.get(name) else ""


def catch(ns: Names, check: Check) -> None:
    """6 points: quiet for two right trackers (1), and one for each bug it catches.

    A test that fails a right tracker, or catches nothing, gets nothing. They come
    mixed and more than once: only the tracker may change what the test says.
    """
    test = ns["check_tracker"]

    def verdict(version: Any) -> str:
        try:
            check.call(test, version)
        except NotImplementedError:
            raise
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            what = fault(error, check.names)
            if not what.attempted:
                raise
            return what.text()
        return ""

    alarm, found = verdicts(
        check,
        verdict,
        list(trackers.RIGHT),
        {name: bug[0] for name, bug in trackers.BROKEN.items()},
    )
    loud = any(map(_asserted, found.values()))
    quiet = "quiet for right trackers and loud for a broken one"
    check.true(
        quiet,
        1,
        not alarm and loud,
        got=f"for a right one: {alarm}" if alarm else "never an AssertionError",
        expected="nothing raised for the right ones"
        if alarm
        else "an AssertionError for at least one broken tracker",
        look=trackers.alarmed(alarm) if alarm else "`assert` what was recorded",
        misconception="expected-by-running" if alarm else "assert-nothing",
    )
    for name, (_, look, misconception) in trackers.BROKEN.items():
        got = found[name] or "no AssertionError"
        if alarm:
            got, look = "not counted: a false alarm for a right one", "fix that first"
        elif found[name] and not _asserted(found[name]):
            look = "AssertionError is what counts: this is an error of your check's own"
        check.true(
            f"catches a tracker that {name}",
            1,
            _asserted(found[name]) and not alarm,
            got=got,
            expected="AssertionError",
            look=look,
            misconception="" if alarm else misconception,
        )


def _asserted(said: str) -> bool:
    return said.startswith("AssertionError")


KEPT = "a call that is done goes into the times and the log"
TRACKS = "a function that is tracked is recorded"
WAITS = "percentiles of all calls"
SERVED = "throughput by rate without the warm-up"
SHARES = "success and error rate"
UNMEASURED = "what was not measured is None"
KEYS = ("p50", "p95", "p99", "throughput", "success_rate", "error_rate")


class _Fake:
    """A histogram that keeps what it was given, and names what it is asked."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def add(self, value: Any) -> None:
        self.values.append(value)

    def percentile(self, percent: Any) -> Any:
        return (percent, len(self.values)) if self.values else None


def monitor(ns: Names, check: Check) -> None:
    """8 points: record (2), track (1), percentiles, throughput, shares, None."""
    ours = ns["parts"](ours=True)

    def make(**changes: Any) -> tuple[Any, _Rows]:
        clock = _Rows()
        clock.seconds = 3.0  # when it began, which is not 0
        names = ("tracked", "verdict", "rate", "Histogram")
        own = {name: getattr(ours, name) for name in names} | changes
        return check.call(ns["Monitor"], SimpleNamespace(**own), clock.clock), clock

    def full(seen: Sequence[tuple[float, float, bool]], **changes: Any) -> Any:
        """A monitor that was told of calls: (after so many seconds, seconds, ok)."""
        made, clock = make(**changes)
        for after, seconds, ok in seen:
            clock.seconds += after
            check.call(made.record, "ask", seconds, ok)
        return made, clock

    seen = [(2.0, 0.5, True), (1.0, 3.0, False), (4.5, 0.25, True), (0.5, 9.0, True)]
    with check.part(KEPT, 2):
        kept = _Fake()
        made, _ = full(seen, Histogram=lambda: kept)
        log = [tuple(row) for row in check.seen(made.log)]
        want = [(2.0, True), (3.0, False), (7.5, True), (8.0, True)]
        rounded = [(round(number(at) or 0, 6), ok) for at, ok in log]
        check.true(
            KEPT,
            2,
            same(rounded, want) and same(kept.values, [0.5, 3.0, 0.25, 9.0]),
            given="four calls that end after 2, 3, 7.5 and 8 s",
            got=f"times {show(kept.values)}, log {show(rounded)}",
            expected=f"times {show([0.5, 3.0, 0.25, 9.0])}, log {show(want)}",
            look="`self.times.add(seconds)`, and into `self.log` the pair "
            "(`self.clock() - self.began`, ok), failures too",
        )
    with check.part(TRACKS, 1):
        _tracks(check, make)
    with check.part(WAITS, 1):
        made, _ = full(seen, Histogram=_Fake)
        got = check.call(made.measurements)
        waits = {key: got[key] for key in KEYS[:3]}
        check.equal(
            WAITS,
            1,
            waits,
            {"p50": (50, 4), "p95": (95, 4), "p99": (99, 4)},
            given="a histogram that answers (percent, how many it has)",
            look="`self.times.percentile(50)`, and so on: what it returns",
        )
    with check.part(SERVED, 1):
        made, clock = full(seen)
        clock.seconds += 2
        other, _ = full(seen, rate=lambda log, ended, warm_up: ended)
        got = [
            check.call(made.measurements)["throughput"],
            check.call(made.measurements, 5)["throughput"],
            check.call(made.measurements, warm_up=20)["throughput"],
            check.call(other.measurements)["throughput"],
        ]
        check.equal(
            SERVED,
            1,
            got,
            [0.3, 0.4, None, 8.0],
            given="three successes in 10 s; the same after 5 s; and after 20 s; and "
            "at 8 s by another `rate`, which returns its `ended`",
            look="`self.parts.rate(self.log, self.clock() - self.began, warm_up)`",
        )
    with check.part(SHARES, 1):
        got = list[Any]()
        for some in (seen, seen[1:2], seen[:1]):
            found = check.call(full(some)[0].measurements)
            got.append([found["success_rate"], found["error_rate"]])
        found = check.call(full(seen)[0].measurements, 5)
        got.append([found["success_rate"], found["error_rate"]])
        check.equal(
            SHARES,
            1,
            got,
            [[0.75, 0.25], [0.0, 1.0], [1.0, 0.0], [0.75, 0.25]],
            given="three of four ok; none of one; one of one; "
            "and the first again, two of them in the warm-up",
            look="shares of 1 of all in the log, warm-up too: ok, and not ok",
        )
    with check.part(UNMEASURED, 2):
        made, clock = make()
        at_once = check.call(made.measurements)
        clock.seconds += 5
        found = [dict(at_once), dict(check.call(made.measurements))]
        nothing = dict.fromkeys(KEYS)
        later = {**nothing, "throughput": 0.0}
        check.true(
            UNMEASURED,
            2,
            same(found[0], nothing)
            and (same(found[1], later) or same(found[1], {**later, "throughput": 0})),
            given="no call, asked at once, and after 5 s",
            got=show(found),
            expected=f"{show(nothing)}; after 5 s throughput is 0",
            look="nothing in the log: no success rate; nothing in 0 s: no throughput",
            misconception="none-is-zero",
        )


def _tracks(check: Check, make: Any) -> None:
    made, clock = make()

    def work(seconds: float) -> str:
        clock.seconds += seconds
        if seconds > 5:
            raise OSError("down")
        return "done"

    call = check.call(made.track, work)
    got = [check.call(call, 2)]
    try:
        check.call(call, 6)
    except OSError:
        got.append("OSError")
    found = check.call(made.measurements)
    got += [found["success_rate"], round(number(found["p99"]) or 0, 1)]
    check.true(
        TRACKS,
        1,
        same(got, ["done", "OSError", 0.5, 6.0]),
        given="a call of 2 s, then one that raises OSError after 6 s",
        got=show(got),
        expected=show(["done", "OSError", 0.5, 6.0]),
        look="`self.parts.tracked(self.record, self.clock)(func)`",
    )
