"""How the exercises of 08_throughput are graded. Work is counted, and time is virtual;
no wall clock is read."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from coursekit.check.check import Check
from coursekit.check.error_messages import fault
from coursekit.check.shuffled_trials import verdicts
from coursekit.core.plain_data import is_plain, native, number, same
from coursekit.learn.own_parts import load

(
    databases,
    hedges,
    lines,
    pages,
    places,
    pools,
    queues,
    runtimes,
    windows,
) = (
    load(Path(__file__).with_name(f"{name}.py"))
    for name in (
        *("databases", "hedges", "lines", "pages"),
        *("places", "pools", "queues", "runtimes", "windows"),
    )
)

Names = Mapping[str, Any]


def little(ns: Names, check: Check) -> None:
    """4 points, one for each figure."""
    for name, right in queues.right().items():
        got = number(ns[name])
        look, belief = queues.look_at(name, got)
        # what is right is not told here: it is the answer
        check.true(
            name,
            1,
            got is not None and abs(got - right) < 0.006,
            got=_told(ns[name]),
            expected="a figure, to two decimals",
            look="write the number without quotes" if got is None else look,
            misconception="busy-is-cheap" if name == "wait_95" else "rate-is-load",
            belief=belief,
        )


def _told(value: Any) -> str:
    value = native(value)
    return repr(value)[:60] if type(value) in (int, float, str, bool) else "no number"


# Items and limits: mixed, equal ones, one, none, fewer than slots, some of no time.
ITEMS: list[tuple[list[str], int]] = [
    (["a5", "b1", "c1", "d3", "e2", "f1", "g4", "h1"], 3),
    (["a1", "a1", "b6", "a1", "a1", "a1", "b6", "a1"], 2),
    (["q3", "r2", "r2", "s1"], 1),
    (["k2", "k2", "k2"], 8),
    (["a2", "_1", "b3", "_1", "c1"], 2),
    (["m0", "n0", "m0", "z2", "n0"], 2),
    (["x7"], 3),
    ([], 4),
    ([f"{'abc'[i % 3]}{1 + i * 7 % 5}" for i in range(40)], 6),
]


def window(ns: Names, check: Check) -> None:
    """4 points: no idle slot (2), and once that beats batches, the order (1) and the
    limit (1).

    Seconds count once order and limit are kept; they earn on a line from what batches
    take down to what a window takes.
    """
    order = "begun and listed in the order of the items"
    limits, speed = "never more than the limit", "no slot idle while an item waits"
    tried = []
    with check.part(order, 1, look="an `async def` that takes work, items and limit"):
        for items, limit in ITEMS:
            played = windows.Played()
            got = check.wait(played.play(ns["window"], items, limit))
            tried.append((items, limit, played, got))
        rounds = sum(windows.in_batches(i, n) for i, n, *_ in tried)
        if sum(t[2].seconds for t in tried) >= rounds:
            _later(check, order, 1, "once items no longer wait for a batch")
        else:
            _order(check, order, tried)
    well = all(_right(*t) for t in tried)
    over = next((t for t in tried if t[2].most > t[1]), None)
    if not tried or not well or (not over and not _done(check, order)):
        when = "the order is right" if not well else "items no longer wait for a batch"
        _later(check, limits, 1, f"once {when}")
    else:
        items, limit, played, _ = over or tried[0]
        check.true(
            limits,
            1,
            not over,
            given=f"{items}, a limit of {limit}",
            got=f"{played.most} at a time",
            expected=f"at most {limit}",
            look="all calls have to share one semaphore, made with `limit`",
            misconception="limit-is-a-wish",
        )
    if not tried or not well or over:
        _later(check, speed, 2, "once order and limit are kept")
        return
    with check.part(speed, 2):
        best = [windows.in_window(items, limit) for items, limit, *_ in tried]
        pairs = zip(tried, best, strict=True)
        slow = [t for t, right in pairs if t[2].seconds > right + 1e-6]
        items, limit, played, _ = slow[0] if slow else tried[0]
        check.at_most(
            speed,
            2,
            round(sum(t[2].seconds for t in tried), 6),
            full=round(sum(best), 6),
            zero=round(rounds, 6),
            unit="s for all lists",
            given=f"{items}, a limit of {limit}",
            look=windows.about_seconds(played.seconds, items, limit, played.most)
            if slow
            else "",
            misconception="rounds-of-k",
        )


def _order(check: Check, name: str, tried: Sequence[Any]) -> None:
    """Whether each list of results is what it has to be, and each item began once."""
    items, limit, played, got = next((t for t in tried if not _right(*t)), tried[0])
    want = {"results": windows.letters(items), "begun": "".join(x[0] for x in items)}
    check.equal(
        name,
        1,
        {"results": got, "begun": "".join(x[0] for x in played.begun)},
        want,
        given=f"{items}, a limit of {limit}",
        look=windows.about_order(got, items, played.begun),
        misconception="order-of-finish",
    )


def _right(items: Sequence[str], limit: int, played: Any, got: Any) -> bool:
    return same(got, windows.letters(items)) and played.begun == items


def _done(check: Check, name: str) -> bool:
    """Whether a criterion is there and has all its points."""
    return any(c.name == name and c.full for c in check.criteria)


def _later(check: Check, name: str, points: float, when: str) -> None:
    """No points yet for a criterion that waits for others."""
    check.add(name, points, 0, got=f"not counted yet: {when}")


Row = tuple[float, str, Sequence[Any], Any]


def _scenes(
    check: Check, module: Any, made: Any, rows: Sequence[Row], after: Sequence[int]
) -> None:
    """A criterion for each scene that learners see, with other figures.

    Those whose numbers are in `after` count once the first one is right: without that
    they would be right for nothing.
    """
    first = module.CASES[0][0]
    for i, (seen, row) in enumerate(zip(module.CASES, rows, strict=True)):
        (name, look, scene, *_), (points, belief, given, want) = seen, row
        if i in after and not _done(check, first):
            _later(check, name, points, f"once {first}")
            continue
        with check.part(name, points, look=look):
            got = check.wait(scene(made, *given))
            look = "" if same(got, want) else module.look_at(scene, got, want)
            check.equal(name, points, got, want, look=look, misconception=belief)


POOL: list[Row] = [
    (1, "look-then-take", [3, 8, 2], pools.crowded(3, 8, 2)),
    (1, "made-for-each", [2, 7], pools.row(7)),
    (
        1,
        "warm-is-later",
        [6, 4, 4],
        pools.warm(6, 4),
    ),
    (
        1,
        "given-back-at-the-end",
        [3, [KeyError("a"), *[ValueError("b")] * 4, ArithmeticError("c")]],
        {
            "told": ["KeyError", *["ValueError"] * 4, "ArithmeticError"],
            "answers afterwards": 4,
            "agents made": 3,
        },
    ),
    (1, "exception-catches-all", [3, 2.5], pools.unharmed(3)),
    (1, "given-back-at-the-end", [3, 0.25], pools.unharmed(3)),
    (1, "deadline-can-wait", [0.75, 17], pools.too_late(0.75)),
    (
        1,
        "given-back-at-the-end",
        [2, 5],
        pools.unmade_in_vain(5),
    ),
    (1, "last-in-first-out", [7, 3], pools.without(7, 3)),
]


def pool(ns: Names, check: Check) -> None:
    """9 points, one a scene."""
    _scenes(check, pools, ns["Pool"], POOL, after=[7, 8])


MANY = [f"job {i % 5}" for i in range(23)]
LINE: list[Row] = [
    (1.5, "rounds-of-k", [4, 3, MANY], lines.all_done(MANY, 4)),
    (
        2,
        "a-queue-is-capacity",
        [3, 4, 7],
        lines.held_back(7),
    ),
    (1.5, "a-queue-is-capacity", [2, 4, 9], lines.took(2, 4, 9)),
    (2, "closed-is-done", [3, 2, 5], lines.CLOSED),
    (
        1,
        "gather-isolates",
        [3, MANY, ["job 0", "job 3"]],
        lines.some_failed(MANY, ["job 0", "job 3"]),
    ),
]


def pressure(ns: Names, check: Check) -> None:
    """8 points: workers (1.5), back-pressure (2), refusals (1.5), close (2), failures
    (1). The others count once workers serve the line."""
    _scenes(check, lines, ns["Line"], LINE, after=[1, 2, 3, 4])


class _Turns:
    """Another pool that keeps all promises: it hands agents on itself."""

    def __init__(self, make: Any, most: int) -> None:
        self._make, self._most, self._made = make, most, 0
        self._idle, self._line = list[Any](), list[asyncio.Future[None]]()
        self._free = most

    async def run(self, work: Any) -> Any:
        """`await work(agent)` with an agent of the pool's."""
        await self._turn()
        try:
            agent = self._idle.pop(0) if self._idle else await self._make()
            try:
                return await work(agent)
            finally:
                self._idle.append(agent)
        finally:
            self._next()

    async def _turn(self) -> None:
        if self._free:
            self._free -= 1
            return
        place = asyncio.get_running_loop().create_future()
        self._line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place in self._line:
                self._line.remove(place)
            elif not place.cancelled():
                self._next()
            raise

    def _next(self) -> None:
        while self._line:
            place = self._line.pop(0)
            if not place.done():
                place.set_result(None)
                return
        self._free += 1


class _Eager(pools.Careful):  # type: ignore[misc,name-defined]
    """One that makes its agents in tasks of their own."""

    async def run(self, work: Any) -> Any:
        """`await work(agent)` with an agent of the pool's."""
        async with self._slots:
            if not self._idle:
                self._idle.append(await asyncio.create_task(self._make()))
            agent = self._idle.pop()
            try:
                return await work(agent)
            finally:
                self._idle.append(agent)


BELIEFS = [
    "made-for-each",
    "look-then-take",
    "silent-loss",
    "given-back-at-the-end",
    "exception-catches-all",
    "last-in-first-out",
]


def catch(ns: Names, check: Check) -> None:
    """7 points: quiet for right pools and loud for a broken one (1), and 1 for each
    broken pool that it catches.

    Whatever escapes from the test for a broken pool catches it; for a right pool it is
    a false alarm, and then nothing counts.
    """
    test = ns["check_pool"]
    alarm, found = verdicts(
        check,
        lambda make: _verdict(check, test, make),
        (pools.Careful, _Turns, _Eager),
        {name: made for name, _, made in pools.BROKEN},
    )
    check.true(
        "quiet for right pools and loud for a broken one",
        1,
        not alarm and any(found.values()),
        got=f"for a right pool: {alarm}" if alarm else "never an AssertionError",
        expected="nothing raised for the right ones"
        if alarm
        else "an AssertionError for at least one broken pool",
        look=pools.alarmed(alarm)
        if alarm
        else "in a row no bug shows: let jobs overlap, fail and be cancelled",
        misconception="overfit-the-test" if alarm else "assert-nothing",
    )
    for (name, look, _), belief in zip(pools.BROKEN, BELIEFS, strict=True):
        if alarm:
            when = "once it is quiet for a right one"
            _later(check, f"catches a pool that {name}", 1, when)
            continue
        check.true(
            f"catches a pool that {name}",
            1,
            bool(found[name]),
            got=found[name] or "no AssertionError",
            expected="an AssertionError",
            look=look,
            misconception=belief,
        )


def _verdict(check: Check, test: Any, make: Any) -> str:
    """What the learner's test raises for a pool, in words; empty for nothing."""
    try:
        check.call(test, make)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        what = fault(error, check.names)
        if not what.attempted:
            raise
        return what.text()
    return ""


ADDRESSES = ["b.org/9", "a.org/1", "a.org/1", "b.org/9", "b.org/9", "c.org/x/y"]
PAGES: list[Row] = [
    (
        1,
        "session-for-each",
        [ADDRESSES],
        pages.from_one(*ADDRESSES),
    ),
    (
        1,
        "given-back-at-the-end",
        [0.25],
        pages.GIVEN_UP,
    ),
    (
        1.5,
        "limit-is-a-wish",
        [{"a.org": 9, "b.org": 4, "a.org:81": 1, "c.org": 7}, 3],
        pages.hosted({"a.org": 9, "b.org": 4, "a.org:81": 1, "c.org": 7}, 3),
    ),
    (
        1.5,
        "gather-isolates",
        [["bad", "ok", "hang", "hang", "ok", "reset", "reset"], 2.5],
        pages.ended(["bad", "ok", "hang", "hang", "ok", "reset", "reset"], 2.5),
    ),
    (1, "deadline-can-wait", [9, 1.5], {"good": 9}),
    (
        2,
        "retry-anything",
        [
            {
                "x.org/a": ["hang", "reset", "hang"],
                "x.org/b": ["reset", "reset", "reset", "hang"],
                "x.org/c": ["broken", "bad"],
                "x.org/e": ["reset", "reset", "empty"],
                "y.org/d": ["hang", "ok"],
                "y.org/e": ["reset", "ok"],
                "z.org/g": ["locked", "ok"],
                "z.org/h": ["empty", "ok"],
            },
            [
                ("GET", "x.org/a"),
                ("GET", "x.org/b"),
                ("GET", "x.org/c"),
                ("POST", "y.org/d"),
                ("DELETE", "y.org/e"),
                ("GET", "y.org/f"),
                ("GET", "z.org/g"),
                ("POST", "z.org/h"),
                ("GET", "x.org/e"),
            ],
            4,
        ],
        {
            "sessions opened": 1,
            "GET x.org/a": ["ok", 4],
            "GET x.org/b": ["TimeoutError", 4],
            "GET x.org/c": ["ValueError", 2],
            "POST y.org/d": ["TimeoutError", 1],
            "DELETE y.org/e": ["ConnectionResetError", 1],
            "GET y.org/f": ["ok", 1],
            "GET z.org/g": ["PermissionError", 1],
            "POST z.org/h": ["ok", 1],
            "GET x.org/e": ["ok", 3],
        },
    ),
    (
        1,
        "all-come-back-together",
        [[0.3, 0.9, 0.1, 0.6], 4],
        pages.paused([0.3, 0.9, 0.1, 0.6]),
    ),
]


def fetch(ns: Names, check: Check) -> None:
    """9 points: one session (1), closed when cancelled (1), a limit by host (1.5),
    failures apart and deadlines (1.5), without the line (1), safe tries (2), pauses
    (1)."""
    _scenes(check, pages, ns["fetch"], PAGES, after=[4])


def hedge(ns: Names, check: Check) -> None:
    """5 points: the tail (2), more calls (2), no write twice (1), on two other days.

    The tail earns from 80 ms down to 36, more calls from 10 % down to 5.5: a little
    more than the text says, since days differ. A write counts where reads are hedged.
    """
    tail, more = "P99 of the pages", "more calls"
    safe = "no write is sent twice"
    chosen = hedges.settings_of(ns["settings"])
    if chosen is None:
        form = 'after_ms, a number from 0, and which, "reads" or "all"'
        for name, points in ((tail, 2), (more, 2), (safe, 1)):
            got = _text(ns["settings"])
            check.add(name, points, 0, got=got, expected=form, look="two settings")
        return
    days = [hedges.played(*chosen, seed=seed) for seed in (101, 102)]
    worst = max(day.p99 for day in days)
    extra = max(day.extra for day in days)
    look = hedges.look_at(chosen[0], days[0], 36, 5.5)
    given = f"after {chosen[0]:g} ms, {chosen[1]}"
    check.at_most(
        tail,
        2,
        round(worst, 1),
        full=36,
        zero=80,
        unit="ms",
        given=given,
        look=look,
        misconception="retry-is-a-hedge",
    )
    if worst >= 900:
        _later(check, more, 2, "once the second request helps the pages")
        _later(check, safe, 1, "once the second request helps the pages")
        return
    check.at_most(
        more,
        2,
        round(extra, 2),
        full=5.5,
        zero=10,
        unit="%",
        given=given,
        look=look,
        misconception="sooner-is-better",
    )
    twice = max(day.twice for day in days)
    check.at_most(
        safe,
        1,
        twice,
        full=0,
        zero=1,
        unit="writes",
        given=given,
        look="a write that is sent twice may act twice: which calls only read?",
        misconception="retry-anything",
    )


def _text(value: Any) -> str:
    return repr(native(value))[:80] if is_plain(value) else "no plain data"


BASES: list[Row] = [
    (
        2,
        "limit-is-a-wish",
        [3, 11],
        {"answers": 22, "refused by the server": 0, "connects": 3},
    ),
    (
        1.5,
        "given-back-at-the-end",
        [3, [KeyError("a"), ValueError("b"), ConnectionError("c"), OSError("d")]],
        databases.failed("KeyError", "ValueError", "ConnectionError", "OSError"),
    ),
    (1, "exception-catches-all", [3, 7], databases.left(3, 7)),
    (
        1.5,
        "idle-is-alive",
        [3, 2],
        {
            "answers": 12,
            "work that met a dead one": 0,
            "connects": 9,
            "open in the end": 3,
        },
    ),
    (
        1,
        "given-back-at-the-end",
        [2, 5],
        {"told": ["OSError"] * 5, "answers afterwards": 2},
    ),
]


def connections(ns: Names, check: Check) -> None:
    """7 points: the limit (2), errors (1.5), cancellations (1), dead ones (1.5), no
    connection (1)."""
    _scenes(check, databases, ns["Connections"], BASES, after=[3, 4])


# What a place that is wrong shows.
TAKES_IT_FOR = {
    "threads": "threads-compute-together",
    "processes": "sending-is-free",
    "loop": "blocking-is-waiting",
    "cluster": "more-workers-more-work",
}


def where(ns: Names, check: Check) -> None:
    """4 points: half a point for each of the eight jobs."""
    given = ns["where"]
    known = dict(given) if isinstance(given, Mapping) or is_plain(given) else {}
    for job in places.JOBS:
        got = native(known.get(job))
        place = places.place_of(got) if type(got) is str else ""
        lacks = "one of the four places, as they are written"
        if job not in known:
            lacks = "the job has to be there, as it was written"
        # what is right is not told here: it is the answer
        check.true(
            job,
            0.5,
            places.is_right(job, place),
            got=place or "no place",
            expected=places.FORM.removeprefix("each job with "),
            look=places.look_at(job, place) or lacks,
            misconception=TAKES_IT_FOR.get(place, ""),
        )


EIGHTEEN = [f"{'q' if i % 5 else 'long'} {i % 5}" for i in range(18)]
RUNS: list[Row] = [
    (1.5, "warm-is-later", [4, 7], runtimes.ready(4)),
    (2, "rounds-of-k", [4, 2, EIGHTEEN], runtimes.in_order(EIGHTEEN, 4, 2)),
    (1.5, "a-queue-is-capacity", [2, 3, 9], runtimes.some_refused(3, 9)),
    (
        1.5,
        "gather-isolates",
        [3, ["fine", "bad 7", "good", "bad 7", "bad 8", "lost 9"]],
        {
            "told": [
                "FINE",
                "ValueError",
                "GOOD",
                *["ValueError"] * 2,
                "ConnectionError",
            ],
            "answers afterwards": 3,
            "told of all": ["ValueError", "RuntimeError"],
        },
    ),
    (1, "exception-catches-all", [2, 9], runtimes.who_stay(9)),
    (
        1.5,
        "closed-is-done",
        [3, 11],
        {"answered when it stopped": 11, "asked afterwards": "RuntimeError"},
    ),
]


def runtime(ns: Names, check: Check) -> None:
    """9 points, scene by scene; the runtime gets the reference's parts."""
    own, made = ns["parts"](ours=True), ns["Runtime"]

    def make(factory: Any, most: int, room: int, **instead: Any) -> Any:
        usual = {name: getattr(own, name) for name in ("window", "Pool", "Line")}
        return made(factory, SimpleNamespace(**{**usual, **instead}), most, room)

    _scenes(check, runtimes, make, RUNS, after=[])
