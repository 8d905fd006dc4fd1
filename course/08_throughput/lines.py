"""Scenes for a line that pushes back, for its tests: each returns what came of it.

`make_line(work, workers, room)` gives a line. Everything is counted on virtual time.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from session1.virtual_time import now, run

MakeLine = Callable[..., Any]
ERRORS = (ValueError, LookupError, OSError)
AGES = 1000  # seconds, enough for all that was taken


class Desk:
    """The work at the end of a line: how long each item takes, and what was done."""

    def __init__(self, seconds: float = 1, bad: Sequence[Any] = ()) -> None:
        self.seconds, self.bad = seconds, bad
        self.begun: list[Any] = []
        self.done: list[Any] = []
        self.failed = 0
        self.last = 0.0  # when the last item was done
        self.taken = self.running = self.most = self.most_held = 0

    async def work(self, item: Any) -> None:
        """Take a while for an item; some fail."""
        self.begun.append(item)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.running -= 1
        if item in self.bad:
            self.failed += 1
            raise ERRORS[self.failed % len(ERRORS)]("cannot be done")
        self.done.append(item)
        self.last = now()

    async def note(self) -> None:
        """An item was taken: how many are taken and, a moment later, not begun?"""
        self.taken += 1
        await asyncio.sleep(0.001)
        self.most_held = max(self.most_held, self.taken - len(self.begun))


async def end(call: Awaitable[Any]) -> Any:
    """What a call gives, or the name of its error."""
    try:
        return await call
    except Exception as error:
        return type(error).__name__


async def served(make_line: MakeLine, workers: int, room: int, items: Any) -> Any:
    """One producer submits items as fast as it may."""
    desk = Desk()
    line = make_line(desk.work, workers, room)
    for item in items:
        await line.submit(item)
    await asyncio.sleep(AGES)
    return {
        "begun": desk.begun,
        "done": len(desk.done),
        "most at work": desk.most,
        "seconds": round(desk.last, 6),
    }


def all_done(items: Sequence[Any], workers: int) -> dict[str, Any]:
    """What `served` has to come to."""
    rounds = -(-len(items) // workers)
    most = min(workers, len(items))
    done = {"begun": list(items), "done": len(items)}
    return {**done, "most at work": most, "seconds": float(rounds)}


async def held(make_line: MakeLine, workers: int, room: int, producers: int) -> Any:
    """Many producers at once: the most that is taken and not begun, and all done."""
    desk = Desk()
    line = make_line(desk.work, workers, room)

    async def produce(name: int) -> None:
        for i in range(4):
            await line.submit(f"{name}.{i}")
            await desk.note()

    await asyncio.gather(*map(produce, range(producers)))
    await asyncio.sleep(AGES)
    return {
        "most held beyond its room": max(0, desk.most_held - room),
        "done": len(desk.done),
        "served where all have to wait": await _in_turn(make_line, producers),
    }


async def _in_turn(make_line: MakeLine, producers: int) -> list[Any]:
    """Who is served when, if producers come one by one while the line is full."""
    desk = Desk(seconds=100)
    line = make_line(desk.work, 1, 1)
    tasks = []
    for i in range(1, producers + 1):
        tasks.append(asyncio.ensure_future(line.submit(i)))
        await asyncio.sleep(0.3737)  # who looks again and again has another turn
    await asyncio.gather(*tasks)
    await asyncio.sleep(AGES)
    return desk.begun


def held_back(producers: int) -> dict[str, Any]:
    """What `held` has to come to."""
    turns = {"served where all have to wait": list(range(1, producers + 1))}
    return {"most held beyond its room": 0, "done": 4 * producers, **turns}


async def refused(make_line: MakeLine, workers: int, room: int, offers: int) -> Any:
    """Items offered to busy workers, and once more when they are free again."""
    desk = Desk()
    line = make_line(desk.work, workers, room)
    for i in range(workers):
        await line.submit(f"first {i}")
        await asyncio.sleep(0.01)
    began = now()
    taken = [_plain(line.offer(i // 2)) for i in range(offers)]  # two are equal
    waited = now() - began
    await asyncio.sleep(30)
    taken += [_plain(line.offer(item)) for item in (None, "later")]
    await asyncio.sleep(AGES)
    return {
        "taken": taken,
        "waited": waited,
        "done": sorted(map(str, desk.done)),
    }


def _plain(value: Any) -> Any:
    """`value`; of a coroutine just that it is one, for a plain function has none."""
    if asyncio.iscoroutine(value):
        value.close()
        return "a coroutine"
    return value


def took(workers: int, room: int, offers: int) -> dict[str, Any]:
    """What `refused` has to come to."""
    fit = min(room, offers)
    offered = [str(i // 2) for i in range(fit)]
    done = [*(f"first {i}" for i in range(workers)), *offered, "None", "later"]
    taken = [i < room for i in range(offers)]
    return {"taken": [*taken, True, True], "waited": 0.0, "done": sorted(done)}


async def closing(make_line: MakeLine, workers: int, room: int, late: int) -> Any:
    """A line is closed while it is full and producers wait at its door.

    The last of them has left before.
    """
    desk = Desk()
    line = make_line(desk.work, workers, room)
    told: dict[int, Any] = {}

    async def produce(i: int) -> None:
        told[i] = await end(line.submit(i))

    count = workers + room + late
    tasks = [asyncio.ensure_future(produce(i)) for i in range(count)]
    await asyncio.sleep(0.5)
    accepted = [i for i, x in told.items() if x is None]
    left = tasks[-1].cancel()  # False where it did not even wait
    await asyncio.sleep(0.001)
    closes = asyncio.ensure_future(line.close())
    await asyncio.sleep(0.001)
    during = [asyncio.ensure_future(end(line.submit(f"late {n}"))) for n in (1, 2)]
    during.append(asyncio.ensure_future(end(_offer(line))))
    await asyncio.wait([closes], timeout=10 * count)
    closed = closes.done()
    if closed:
        closes.result()
    closes.cancel()
    lost = [i for i in accepted if i not in desk.done]
    await asyncio.sleep(count)
    silent = [i for i in range(count - 1) if told.get(i, "waits") == "waits"]
    lost_late = [i for i, x in told.items() if x is None and i not in desk.done]
    meanwhile = [x.result() if x.done() else "waits" for x in during]
    submit = [await end(_soon(line.submit("too late"))) for _ in range(room + 1)]
    offer = await end(_offer(line))
    for task in tasks + during:
        task.cancel()
    return {
        "accepted and not done when closed": len(lost),
        "accepted and never done": len(lost_late),
        "who waited and heard nothing": len(silent),
        "done for one who had left": desk.done.count(count - 1) if left else 0,
        "closes": closed,
        "asked while it closes": _only(meanwhile),
        "submit afterwards": _only(submit),
        "offer afterwards": offer,
    }


async def _offer(line: Any) -> Any:
    told = line.offer("too late")
    # who made it a coroutine has lost the points for that elsewhere
    return await told if asyncio.iscoroutine(told) else told


async def _soon(call: Awaitable[Any]) -> Any:
    """What a call gives, if that does not take ages."""
    async with asyncio.timeout(AGES):
        return await call


def _only(told: Sequence[Any]) -> Any:
    """What all were told, or the first thing that is no RuntimeError."""
    return next((x for x in told if x != "RuntimeError"), "RuntimeError")


CLOSED = {
    "accepted and not done when closed": 0,
    "accepted and never done": 0,
    "who waited and heard nothing": 0,
    "done for one who had left": 0,
    "closes": True,
    "asked while it closes": "RuntimeError",
    "submit afterwards": "RuntimeError",
    "offer afterwards": "RuntimeError",
}


async def failing(make_line: MakeLine, workers: int, items: Any, bad: Any) -> Any:
    """Some items cannot be done; afterwards the line is closed."""
    desk = Desk(bad=bad)
    line = make_line(desk.work, workers, 2)
    with contextlib.suppress(TimeoutError):  # where all workers have ended
        for item in items:
            await _soon(line.submit(item))
    await asyncio.sleep(AGES)
    # a line that never closes has lost its points for that elsewhere
    other = make_line(Desk().work, workers, 2)
    closes = await _closes(line) or not await _closes(other)
    counts = {"failed": line.failed, "failed in another line": other.failed}
    return {"done": len(desk.done), **counts, "closes": closes}


async def _closes(line: Any) -> bool:
    try:
        async with asyncio.timeout(AGES):
            await line.close()
    except Exception:
        return False
    return True


def some_failed(items: Sequence[Any], bad: Sequence[Any]) -> dict[str, Any]:
    """What `failing` has to come to."""
    failed = sum(item in bad for item in items)
    counts = {"failed": failed, "failed in another line": 0}
    return {"done": len(items) - failed, **counts, "closes": True}


def _about_served(got: Any, right: Any) -> str:
    if got["done"] < right["done"]:
        return "each item that was taken comes to a worker"
    if got["most at work"] != right["most at work"]:
        return "`workers` tasks serve the line, made in `__init__`"
    if got["begun"] != right["begun"]:
        return "first come, first served, each item once"
    return "each worker takes the next item as soon as it is done with one"


def _about_held(got: Any, right: Any) -> str:
    if got["most held beyond its room"]:
        return "`submit` waits until there is room: `asyncio.Queue(room)` and its `put`"
    if got["done"] == right["done"]:
        return "who came first gets in first: `put` waits, and `sleep` only looks again"
    return "who waits in `submit` gets in when there is room again"


def _about_refused(got: Any, right: Any) -> str:
    if got["waited"] or "a coroutine" in got["taken"]:
        return "`offer` never waits: it is a plain `def`"
    if got["taken"] != right["taken"]:
        return (
            "True for an item that is taken, False where there is no room: `QueueFull`"
        )
    return "what is refused is not done; what is taken is, a 0 or a None, too"


def _about_closing(got: Any, right: Any) -> str:
    if got["accepted and not done when closed"]:
        return "`close` waits for what was taken, work that runs included: `join`"
    if got["accepted and never done"]:
        return "who got in at the last moment is done, too: `join` waits for all work"
    if got["who waited and heard nothing"]:
        return "the workers stop only when nobody waits any more"
    if got["done for one who had left"]:
        return "who is cancelled in `submit` has handed nothing over"
    if not got["closes"]:
        return "a producer who is cancelled in `submit` waits no longer: `finally`"
    if got["submit afterwards"] == got["offer afterwards"] == "RuntimeError":
        return "`close` shuts the door first, and only then waits: `self.open = False`"
    return "`submit` and `offer` look first whether the line is closed: RuntimeError"


def _about_failing(got: Any, right: Any) -> str:
    if got["done"] == right["done"] and not got["closes"]:
        return "`close` waits for ever: a failed item needs its `task_done()`, too"
    if got["failed"] == right["failed"] and got["failed in another line"]:
        return "each line has a count of its own: `self.failed = 0` in `__init__`"
    if got["done"] == right["done"]:
        return "`self.failed` counts the items whose work raised"
    return "a worker survives whatever error its work raises: catch inside its loop"


LOOKS: dict[Callable[..., Any], Callable[[Any, Any], str]] = {
    served: _about_served,
    held: _about_held,
    refused: _about_refused,
    closing: _about_closing,
    failing: _about_failing,
}
TEN = [f"job {i % 4}" for i in range(10)]

CASES: list[tuple[str, str, Callable[..., Any], list[Any], Any]] = [
    (
        "workers serve the line in its order",
        "`__init__` starts the workers; `submit` and `close` are awaited",
        served,
        [3, 2, TEN],
        all_done(TEN, 3),
    ),
    (
        "producers wait when the line is full",
        "`await self.waiting.put(item)`, on a queue made with its `room`",
        held,
        [2, 3, 5],
        held_back(5),
    ),
    (
        "an offer is refused at once when the line is full",
        "`offer` is a plain `def`: `put_nowait`, which may raise `asyncio.QueueFull`",
        refused,
        [1, 2, 5],
        took(1, 2, 5),
    ),
    (
        "nothing that was taken is lost at the close",
        "`close`: take no more, wait for what is there, then end the workers",
        closing,
        [2, 3, 3],
        CLOSED,
    ),
    (
        "an item that fails costs only itself",
        "catch each Exception inside the worker's loop, and count in `self.failed`",
        failing,
        [2, TEN, ["job 1"]],
        some_failed(TEN, ["job 1"]),
    ),
]


def look_at(scene: Callable[..., Any], got: Any, right: Any) -> str:
    """Where to look: what is wrong in what came of a scene."""
    return LOOKS[scene](got, right)


@dataclass(frozen=True, slots=True)
class Goodput:
    """A minute under more load than can be served."""

    in_time: int
    late: int
    refused: int

    def __str__(self) -> str:
        found = f"{self.in_time:4} in time, {self.late:4} too late"
        return f"{found}, {self.refused:4} refused"


def overload(
    make_line: MakeLine, room: int, deadline: float = 2.0, seconds: int = 60
) -> Goodput:
    """Fifteen requests a second where ten can be served; who waits 2 s has left."""
    asked: dict[int, float] = {}
    ends = deque[tuple[float, float]]()

    async def work(i: int) -> None:
        await asyncio.sleep(0.5)
        ends.append((asked[i], now()))

    async def main() -> Goodput:
        line, refused = make_line(work, 5, room), 0
        for i in range(15 * seconds):
            asked[i] = now()
            if not line.offer(i):
                refused += 1
            await asyncio.sleep(1 / 15)
        await line.close()
        good = sum(end - begin <= deadline for begin, end in ends)
        return Goodput(good, len(ends) - good, refused)

    return run(main).value
