"""How the exercises of 08_throughput are graded. Work is counted, and time is virtual;
no wall clock is read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.check.check import Check
from coursekit.core.plain_data import native, number, same
from coursekit.learn.own_parts import load

queues, windows = (
    load(Path(__file__).with_name(f"{name}.py")) for name in ("queues", "windows")
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
    order = "results in the order of the items"
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
    """Whether each list of results is what it has to be."""
    items, limit, played, got = next((t for t in tried if not _right(*t)), tried[0])
    runs = len(played.begun)
    check.equal(
        name,
        1,
        got if runs == len(items) else f"{got!r}, after {runs} runs of `work`",
        windows.letters(items),
        given=f"{items}, a limit of {limit}",
        look=windows.about_order(got, items, played.begun),
        misconception="order-of-finish",
    )


def _right(items: Sequence[str], limit: int, played: Any, got: Any) -> bool:
    return same(got, windows.letters(items)) and len(played.begun) == len(items)


def _done(check: Check, name: str) -> bool:
    """Whether a criterion is there and has all its points."""
    return any(c.name == name and c.full for c in check.criteria)


def _later(check: Check, name: str, points: float, when: str) -> None:
    """No points yet for a criterion that waits for others."""
    check.add(name, points, 0, got=f"not counted yet: {when}")
