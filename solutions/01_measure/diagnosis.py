"""Where to look when a figure or a record of an answer is not the right one."""

import hashlib
import math
import re
from array import array
from collections import deque
from collections.abc import Sequence
from typing import Any

from coursekit.core.plain_data import number
from coursekit.core.wording import show

# what each figure of `clocks` comes to by a mistake: the belief, and where to look
CLOCKS: dict[str, dict[float, tuple[str, str]]] = {
    "by_time": {
        2: ("", "last reading less first: it may be below 0"),
        8: ("wall-clock-measures", "the clock was set back by 10 s on the way"),
        18: ("wall-clock-measures", "set *back*: it shows less, not more"),
        -6: ("cpu-time-is-waiting", "it goes on while the job waits or stands still"),
    },
    "by_perf_counter": {
        -2: ("wall-clock-measures", "nobody can set this one back"),
        4: ("cpu-time-is-waiting", "it goes on while the job waits or stands still"),
        7: ("cpu-time-is-waiting", "the second without a core passes, too"),
        5: ("cpu-time-is-waiting", "waiting for the model takes time, too"),
    },
    "by_process_time": {
        8: ("cpu-time-is-waiting", "it stands while the process does not compute"),
        7: ("cpu-time-is-waiting", "it stands while the process waits"),
        5: ("cpu-time-is-waiting", "another program had the core for a second"),
        -6: ("wall-clock-measures", "nobody can set this one back"),
    },
}
OMITTED: dict[str, dict[float, tuple[str, str]]] = {
    "missing": {
        4: ("off-by-one", "which of 30, 40, 50, 60 and 70 did it ask at?"),
        0: ("missing-is-nothing", "it asks at 0, 10 and 20. And then?"),
        6: ("off-by-one", "at 80 the answer has been there for 9 ms: it asks"),
    },
    "recorded_p80": {
        51: ("rank-is-index", "five values: rank 80 % × 5 is 4, counting from 1"),
        11: ("average-is-typical", "no average: the value at a rank"),
        33: ("tester-sees-users", "of the five values that the tester wrote down"),
    },
    "wait_of_60": {
        1: ("tester-sees-users", "the service is frozen when it comes"),
        11: ("waits-in-no-line", "30, 40 and 50 are served before it"),
        12: ("waits-in-no-line", "30, 40 and 50 are served before it"),
        16: ("off-by-one", "at 71 begins 30, at 72 40, at 73 50, at 74 this one"),
        14: ("off-by-one", "it begins at 74 and takes 1 ms"),
        75: ("clock-starts-again", "done at 75; it came at 60"),
    },
    "users_p80": {
        1: ("tester-sees-users", "of the ten waits of the users"),
        42: ("rank-is-index", "ten values: rank 80 % × 10 is 8, counting from 1"),
        24: ("off-by-one", "ten values: rank 80 % × 10 is 8, counting from 1"),
        51: ("tester-sees-users", "of the ten waits of the users, at rank 8"),
    },
}


CLOCK_NAMES = ("time", "perf_counter", "process_time")


def clock_name(said: Any) -> str:
    """The clock that is meant: `monotonic` is `perf_counter` in coarser steps."""
    # `time.perf_counter` without quotes: a hidden check sees only how it is written
    built_in = re.fullmatch("<built-in function (.*)>", show(said))
    name = str(built_in[1] if built_in else said).strip().removesuffix("()")
    name = name.lower().removeprefix("time.").removesuffix("_ns")
    return "perf_counter" if name == "monotonic" else name


def clock_look(name: str, value: float) -> tuple[str, str]:
    """The belief behind a figure of `clocks`, and where to look; empty if unknown."""
    return CLOCKS.get(name, {}).get(value, ("", ""))


def numbers_in(thing: Any) -> int:
    """How many numbers an object keeps, in whatever containers."""
    # a hidden check cannot look into a learner's object, but into its `counts`
    todo: list[Any] = [getattr(thing, "__dict__", {}), getattr(thing, "counts", {})]
    seen, count = set[int](), 0
    while todo:
        some = todo.pop()
        if isinstance(some, int | float):
            count += 1
        elif id(some) not in seen:
            seen.add(id(some))
            if isinstance(some, dict):
                todo += [*some, *some.values()]
            elif isinstance(some, list | tuple | set | frozenset | deque | array):
                todo += some
    return count


def omitted_look(name: str, value: float) -> tuple[str, str]:
    """The same for `omitted`."""
    return OMITTED.get(name, {}).get(value, ("", ""))


Row = tuple[float, bool]


def row_look(rows: Sequence[Any], want: Sequence[Row]) -> tuple[str, str]:
    """The belief behind rows (seconds, ok) that a tracker wrote, and where to look."""
    if len(rows) < len(want):
        return (
            "only-success-counts" if not all(ok for _, ok in want) else "",
            "a call is recorded however it ends: by `finally`, or with `timing`",
        )
    if len(rows) > len(want):
        return "", "one row a call: is it recorded in two places?"
    found = [(number(row[0]), row[1]) for row in rows]
    if [ok for _, ok in found] != [ok for _, ok in want]:
        return "only-success-counts", "`ok` is True when the call returned, else False"
    stopped = [ok for seconds, ok in found if seconds == 0]
    if stopped and not any(stopped):
        return "", "it waited, too: `clock() - began` where the call has failed"
    if stopped:
        look = "the clock stops before the call is done: `await` it inside the timing"
        return "calling-runs-it", look
    return (
        "one-start-for-all",
        "each call has a start of its own: `clock()` just before and just after it",
    )


def band(value: float, target: float, excellent: float, action: float) -> str:
    """The verdict on a figure, as `bands` asks for it."""
    sign = 1 if excellent < target else -1
    if sign * value < sign * excellent:
        return "excellent"
    if sign * value < sign * target:
        return "target"
    return "action" if sign * value > sign * action else "fair"


def band_look(got: Any, value: float, bounds: tuple[float, float, float]) -> str:
    """Where to look when `got` is the verdict on `value`."""
    target, excellent, _ = bounds
    lower = excellent < target
    if got == "not measured":
        return "only None is not measured; 0 is a figure like any other"
    if value in bounds:
        return "on a bound is not past it: `<` and `>`, neither `<=` nor `>=`"
    if got not in ("excellent", "target", "fair", "action"):
        return 'one of "excellent", "target", "fair", "action", "not measured"'
    if not lower and got == _always_lower(value, bounds):
        return "here excellent is above target: more is better"
    order = "excellent, then target, then action"
    return f"in this order: {order}; what is none of them is fair"


def _always_lower(value: float, bounds: Sequence[float]) -> str:
    target, excellent, action = bounds
    if value < excellent:
        return "excellent"
    if value < target:
        return "target"
    return "action" if value > action else "fair"


def sign(name: str, value: Any) -> str:
    """Tells whether a value is the right one, but not which one that is."""
    text = value if isinstance(value, str) else f"{value:g}"
    return hashlib.sha256(f"01 {name} {text}".encode()).hexdigest()[:6]


# where each mistake in `rate` comes to another figure, up to 4.5 s with 1 s of warm-up
PROBE = [(1, True), (2, True), *[(3, False)] * 8, *[(4.5, True)] * 2, *[(6, True)] * 4]


def rate_look(
    got: Any, log: Sequence[tuple[float, bool]], ended: float, warm_up: float
) -> str:
    """Where to look when `got` is what a mistake in `rate` comes to; else empty."""
    found, window = number(got), ended - warm_up
    if window <= 0:
        return ""
    if found is None:
        return "no answer in some seconds is 0 a second; None is for no seconds"
    good = [at for at, ok in log if ok]
    inside = sum(warm_up < at <= ended for at in good)
    if found * window == inside:
        return ""
    failed = sum(warm_up < at <= ended for at, ok in log if not ok)
    for value, look in [
        ((inside + failed) / window, "failures do not count"),
        (inside / ended, "divide by the seconds after the warm-up alone"),
        (inside / max(1, int(window)), "divide by all of the window, unrounded"),
        (inside / math.ceil(window), "divide by all of the window, unrounded"),
        (
            inside / ((log[-1][0] if log else 0) - warm_up or 1),
            "divide by `ended - warm_up`: the last answer is not the end",
        ),
        (sum(at > warm_up for at in good) / window, "what came after `ended` is late"),
        (
            sum(warm_up <= at <= ended for at in good) / window,
            "at `warm_up` is still warm-up: what comes after it counts",
        ),
        (
            sum(warm_up < at < ended for at in good) / window,
            "an answer at `ended` counts, too",
        ),
        (
            len({at for at in good if warm_up < at <= ended}) / window,
            "two answers at the same moment are two",
        ),
        *((round(inside / window, n), "without rounding") for n in range(4)),
    ]:
        if abs(value - found) <= 1e-9:
            return look
    return ""


HOTSPOT: dict[str, dict[float, tuple[str, str]]] = {
    "line": {
        2: ("many-calls-are-slow-calls", "it is cheap: who calls it 3 million times?"),
        6: ("many-calls-are-slow-calls", "it is right; who asks for it so often?"),
        10: ("", "this is done once a question, and has to be"),
        15: ("own-is-cumulative", "it only calls: follow the calls down"),
        19: ("own-is-cumulative", "it only calls: follow the calls down"),
    },
    "calls_left": {
        30_000: ("off-by-one", "the words of the questions are cleaned, too"),
        800: ("forget-the-rest", "the words of the documents, once each"),
        300: ("forget-the-rest", "`clean` is called for each word, not each document"),
        3_000_800: ("", "those were the calls before"),
    },
    "at_most": {
        2.4: ("own-is-cumulative", "`clean` and all else in `words_of` goes as well"),
        100: ("forget-the-rest", "what is left, all but `words_of`, stays as it is"),
        1.41: ("own-is-cumulative", "what it calls is gone, too: *with callees*"),
        1.048: ("", "divide by what is left, not by what is gone"),
        0.954: ("", "that is its share: how long does the rest take alone?"),
        20.9: ("", "how many times *as fast*: nothing is taken off the ratio"),
    },
}
LEAK: dict[str, dict[float, tuple[str, str]]] = {
    "leak": {
        10: ("what-grows-is-a-leak", "it holds 130.0 kB in each snapshot: full"),
        7: ("big-is-a-leak", "it is in no snapshot: given back after each request"),
    },
    "cache": {11: ("what-grows-is-a-leak", "it grows with every request, for ever")},
    "buffer": {
        11: ("big-is-a-leak", "look at the column *added* of the second table"),
        10: ("big-is-a-leak", "look at the column *added* of the second table"),
    },
    "bytes_a_request": {
        0.0795: ("a-figure-needs-no-unit", "in bytes: 1 kB is 1,000 bytes"),
        158.9: ("forget-the-rest", "between the last two snapshots are 2,000 requests"),
        39.7: ("", "between the last two snapshots are 2,000 requests"),
        81.4: ("a-figure-needs-no-unit", "1 kB is 1,000 bytes here, not 1,024"),
    },
}


def hotspot_look(name: str, value: float) -> tuple[str, str]:
    """The belief behind an answer to `hotspot`, and where to look."""
    return _known(HOTSPOT.get(name, {}), value)


def leak_look(name: str, value: float) -> tuple[str, str]:
    """The same for `leak`."""
    return _known(LEAK.get(name, {}), value)


def _known(mistakes: dict[float, tuple[str, str]], value: float) -> tuple[str, str]:
    """What is said of a figure, which may be rounded."""
    near_by = (m for m in mistakes if math.isclose(m, value, rel_tol=0.002))
    return mistakes.get(next(near_by, value), ("", ""))


def near(name: str, value: float, right: str) -> bool:
    """Whether a whole number within 1 of `value` has the sign `right`."""
    whole = range(math.ceil(value - 1), math.floor(value + 1) + 1)
    return any(sign(name, number) == right for number in whole)


def near_look(found: float | None, values: Sequence[float], percent: float) -> str:
    """Where to look when a percentile of a histogram is not near enough."""
    if found is None:
        return "the last rank is reached in the last bucket: `>=`, and count from 1"
    ordered, rank = sorted(values), max(1, math.ceil(percent * len(values) / 100))
    want = ordered[rank - 1]
    if (found == 0) != (want == 0):
        return "0 has a bucket of its own, below all others"
    around = {v for v in ordered[max(0, rank - 2) : rank + 1] if v != want}
    if any(abs(found - value) <= 0.01 * value for value in around):
        return f"that is a neighbour: rank {rank} of the sorted, from 1"
    if want < 1 and 0.01 * want < found - want <= 0.031 * want:
        return (
            "a bucket's middle, `bucket + 0.5`; `int` rounds up below 0: `math.floor`"
        )
    if abs(found - want) <= 0.03 * want:
        return "a step of 2 %, and of each bucket its middle: `STEP ** (bucket + 0.5)`"
    return "up to the rank, the smallest bucket first: `sorted`, in steps of 2 %"
