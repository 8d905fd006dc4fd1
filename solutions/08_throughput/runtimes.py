"""Scenes for a runtime, for its tests: each returns what came of it.

`make_runtime(make, most, room)` gives a runtime; `make` makes agents that take a while
to answer. A part that is named takes the place of the usual one. Everything is counted
on virtual time.
"""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from session1.virtual_time import now

MakeRuntime = Callable[..., Any]
MAKING = 1.0  # seconds to make an agent
APART = 0.125  # seconds between the first users
ERRORS = (Exception, asyncio.CancelledError)


def takes(message: str) -> float:
    """Seconds that a clerk takes for an answer."""
    return 5.0 if message.startswith("long") else 2.0


def answer_to(message: str, nth: int) -> str:
    """A clerk's answer to a message that is asked for the nth time."""
    return message.upper() + (f" AGAIN, {nth}" if nth > 1 else "")


class Clerk:
    """An agent that takes 2 s for an answer, 5 for a long one; some messages fail."""

    def __init__(self, office: "Office") -> None:
        self._office, self._busy = office, False

    async def process_message(self, message: str) -> str:
        """The message in capitals, as an answer; how often it was asked, if again."""
        office = self._office
        office.asked.append(message)
        nth = office.asked.count(message)
        office.shared = office.shared or self._busy
        self._busy = True
        try:
            await asyncio.sleep(takes(message))
        finally:
            self._busy = False
        if message.startswith("bad"):
            raise ValueError(f"no answer to {message}")
        if message.startswith("lost"):
            raise ConnectionError(f"no model for {message}")
        if message.startswith("odd"):
            raise RuntimeError(f"the model fails at {message}")
        return answer_to(message, nth)


class Office:
    """Where clerks are made, and what is counted of them."""

    def __init__(self) -> None:
        self.made, self.shared = 0, False
        self.asked: list[str] = []

    async def make(self) -> Clerk:
        """Make a clerk, which takes its time."""
        await asyncio.sleep(MAKING)
        self.made += 1
        return Clerk(self)


async def end(call: Awaitable[Any]) -> Any:
    """What a call gives, or the name of its error."""
    try:
        return await call
    except ERRORS as error:
        return type(error).__name__


async def started(make_runtime: MakeRuntime, most: int, room: int) -> Any:
    """As many questions at once as there are agents, right after the start."""
    office = Office()
    runtime = make_runtime(office.make, most, room)
    await runtime.start()
    warm = round(now(), 6)
    asked = [f"question {i}" for i in range(most)]
    answers = await asyncio.gather(*[end(runtime.ask(x)) for x in asked])
    return {
        "seconds to start": warm,
        "answers": answers,
        "seconds to answer": round(now() - warm, 6),
        "agents made": office.made,
        "with a Pool that fails": await end(_lacking(make_runtime, "Pool")),
        "with a Line that fails": await end(_lacking(make_runtime, "Line")),
    }


async def _lacking(make_runtime: MakeRuntime, part: str) -> Any:
    """The answer of a runtime that is given a part which cannot be made."""

    def no_part(*args: Any, **named: Any) -> Any:
        raise LookupError(f"no {part} here")

    runtime = make_runtime(Office().make, 1, 1, **{part: no_part})
    await runtime.start()
    async with asyncio.timeout(100):
        return await runtime.ask("question")


def ready(most: int) -> dict[str, Any]:
    """What `started` has to come to."""
    return {
        "seconds to start": MAKING,
        "answers": [f"QUESTION {i}" for i in range(most)],
        "seconds to answer": 2.0,
        "agents made": most,
        "with a Pool that fails": "LookupError",
        "with a Line that fails": "LookupError",
    }


async def all_asked(
    make_runtime: MakeRuntime, most: int, room: int, messages: Sequence[str]
) -> Any:
    """More questions than there is room for, by `ask_all`, while others fill the line.

    Those came half a second before, so all agents are at work.
    """
    office = Office()
    runtime = make_runtime(office.make, most, room)
    await runtime.start()
    began = now()
    others = []
    for _ in range(most):
        others.append(asyncio.ensure_future(end(runtime.ask("busy"))))
        await asyncio.sleep(APART)  # or they find no room
    await asyncio.sleep(0.5)
    others += [asyncio.ensure_future(end(runtime.ask("busy"))) for _ in range(room)]
    await asyncio.sleep(0)
    answers = await end(runtime.ask_all(list(messages)))
    return {
        "answers": answers,
        "seconds": round(now() - began, 6),
        "an agent shared": office.shared,
        "asked before their turn": _before(office.asked, list(messages)),
    }


def _before(asked: Sequence[str], messages: Sequence[str]) -> int:
    """How many messages an agent was asked before the last of those in the line."""
    last = max((i for i, message in enumerate(asked) if message == "busy"), default=0)
    return sum(message in messages for message in asked[:last])


def in_order(messages: Sequence[str], most: int, room: int) -> dict[str, Any]:
    """What `all_asked` has to come to."""
    answers = [
        answer_to(message, messages[: i + 1].count(message))
        for i, message in enumerate(messages)
    ]
    free = [i * APART for i in range(most)]  # when each agent is free: a heap
    for message in ["busy"] * (most + room) + list(messages):
        heapq.heapreplace(free, free[0] + takes(message))
    fair = {"an agent shared": False, "asked before their turn": 0}
    return {"answers": answers, "seconds": max(free), **fair}


async def too_many(make_runtime: MakeRuntime, most: int, room: int, users: int) -> Any:
    """Users who ask while all agents are busy: some find room, the others hear no."""
    office = Office()
    runtime = make_runtime(office.make, most, room)
    await runtime.start()
    first = [asyncio.ensure_future(end(runtime.ask("busy"))) for _ in range(most)]
    await asyncio.sleep(0.5)
    began, told = now(), list[tuple[Any, float]]()

    async def soon(message: str) -> Any:
        async with asyncio.timeout(100):
            return await runtime.ask(message)

    async def one(i: int) -> None:
        answer = await end(soon(f"user {i}"))
        told.append((answer, round(now() - began, 6)))

    await asyncio.gather(*[one(i) for i in range(users)])
    await asyncio.gather(*first)
    refused = [at for answer, at in told if answer == "RuntimeError"]
    return {
        "answered": sum(str(answer).startswith("USER") for answer, _ in told),
        "refused": len(refused),
        "seconds until they knew": max(refused, default=0.0),
    }


def some_refused(room: int, users: int) -> dict[str, Any]:
    """What `too_many` has to come to."""
    fit = min(room, users)
    return {
        "answered": fit,
        "refused": users - fit,
        "seconds until they knew": 0.0,
    }


async def one_fails(make_runtime: MakeRuntime, most: int, messages: Any) -> Any:
    """Some answers fail; then the same number of good questions."""
    office = Office()
    runtime = make_runtime(office.make, most, len(messages))
    await runtime.start()

    async def soon(message: str) -> Any:
        async with asyncio.timeout(100):
            return await runtime.ask(message)

    told = await asyncio.gather(*[end(soon(x)) for x in messages])
    after = await asyncio.gather(*[end(soon(f"later {i}")) for i in range(most)])
    found = {"told": told, "answers afterwards": sum("LATER" in str(x) for x in after)}

    async def all_soon(wrong: str) -> Any:
        async with asyncio.timeout(100):
            return await runtime.ask_all(["one", wrong, "long three"])

    return {**found, "told of all": [await end(all_soon(x)) for x in ("bad", "odd")]}


async def leaves(make_runtime: MakeRuntime, most: int, users: int) -> Any:
    """Users who give up while they wait; the others are answered."""
    office = Office()
    runtime = make_runtime(office.make, most, users)
    await runtime.start()
    tasks = [asyncio.ensure_future(end(runtime.ask(f"u{i}"))) for i in range(users)]
    await asyncio.sleep(1)
    for task in tasks[::2]:
        task.cancel()
    try:
        async with asyncio.timeout(100):
            ends = await asyncio.gather(*tasks[1::2])
    except TimeoutError:
        ends = []
    return {"answers": ends}


def who_stay(users: int) -> dict[str, Any]:
    """What `leaves` has to come to."""
    return {"answers": [f"U{i}" for i in range(users)][1::2]}


async def stopped(make_runtime: MakeRuntime, most: int, users: int) -> Any:
    """A runtime that is stopped while questions are on their way."""
    office = Office()
    runtime = make_runtime(office.make, most, users)
    await runtime.start()
    tasks = [asyncio.ensure_future(end(runtime.ask(f"u{i}"))) for i in range(users)]
    await asyncio.sleep(0.5)
    await runtime.stop()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    done = sum(task.done() for task in tasks)
    asked = await end(runtime.ask("too late"))
    for task in tasks:
        task.cancel()
    return {"answered when it stopped": done, "asked afterwards": asked}


def _about_start(got: Any, right: Any) -> str:
    if got["seconds to start"] != right["seconds to start"]:
        return "`start` awaits `self.pool.warm_up()`"
    if got["seconds to answer"] < right["seconds to answer"]:
        return "an `await` is missing: `ask` gives what is in the box, not the box"
    if got["seconds to answer"] != right["seconds to answer"]:
        return "as many workers serve the line as there are agents: `self.most`"
    if got["agents made"] != right["agents made"]:
        return "the pool is made with `most` agents, all of them warm"
    if got["answers"] == right["answers"]:
        return "use the parts that the runtime was given: `self.parts.Line`"
    return "`serve` gives the answer to the future that came with the message"


def _about_all(got: Any, right: Any) -> str:
    if got["answers"] == "RuntimeError":
        return "`ask_all` waits for room: `submit`, not `offer`"
    if got["asked before their turn"]:
        return "who came first is first: `ask_all` hands its messages to the line, too"
    if got["answers"] != right["answers"]:
        return "one answer for each message, in their order, though two may be equal"
    if got["seconds"] < right["seconds"]:
        return "each message is asked, and the line has room for `self.room`"
    return "no agent waits for a batch: a window, and wide enough for all of them"


def _about_many(got: Any, right: Any) -> str:
    if got["refused"] < right["refused"]:
        return "`ask` offers: where the line has no room, RuntimeError at once"
    if got["refused"] == right["refused"]:
        return "who is let in gets an answer, however long that takes"
    return "the line is made with `self.room`"


def _about_failed(got: Any, right: Any) -> str:
    if "TimeoutError" in got["told"]:
        return "each kind of error goes to its future, or who asked waits for ever"
    if got["told"] == right["told"]:
        if "TimeoutError" in got["told of all"]:
            return "`submit` waits for room: no error is a reason to ask again"
        if "ExceptionGroup" in got["told of all"]:
            return "a task group wraps the error: `gather` raises it as it is"
        return "`ask_all` raises the error of a message, and turns none into an answer"
    return "an error goes to the future: `set_exception`"


LOOKS: dict[Callable[..., Any], Callable[[Any, Any], str]] = {
    started: _about_start,
    all_asked: _about_all,
    too_many: _about_many,
    one_fails: _about_failed,
    leaves: lambda got, right: "who has left needs no answer: `if not answer.done():`",
    stopped: lambda got, right: "`stop` closes the line, which ends what it took",
}
NINE = [f"{'q' if i % 4 else 'long'} {i % 4}" for i in range(9)]

CASES: list[tuple[str, str, Callable[..., Any], list[Any], Any]] = [
    (
        "a warm start and no wait",
        "`start`: warm up, then make the line",
        started,
        [3, 5],
        ready(3),
    ),
    (
        "all are answered in order",
        "`ask_all`: the window over the messages, each submitted and awaited",
        all_asked,
        [3, 1, NINE],
        in_order(NINE, 3, 1),
    ),
    (
        "who finds no room hears it at once",
        "`ask`: RuntimeError where `offer` says False",
        too_many,
        [1, 2, 5],
        some_refused(2, 5),
    ),
    (
        "an error reaches who asked and nobody else",
        "an error goes to the future: `set_exception`",
        one_fails,
        [2, ["bad 1", "fine", "lost 2", "bad 2"]],
        {
            "told": ["ValueError", "FINE", "ConnectionError", "ValueError"],
            "answers afterwards": 2,
            "told of all": ["ValueError", "RuntimeError"],
        },
    ),
    (
        "who gives up costs nobody an answer",
        "who has left needs no answer: `if not answer.done():`",
        leaves,
        [1, 6],
        who_stay(6),
    ),
    (
        "a stop ends what was begun",
        "`stop` closes the line, which ends what it took",
        stopped,
        [2, 7],
        {"answered when it stopped": 7, "asked afterwards": "RuntimeError"},
    ),
]


def look_at(scene: Callable[..., Any], got: Any, right: Any) -> str:
    """Where to look: what is wrong in what came of a scene."""
    return LOOKS[scene](got, right)
