"""Scenes for the pieces of the agent, each tried alone: what came of it, as plain data.

A bench is a desk whose every drawer is watched. All time is virtual.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from session1.virtual_time import now

Ask = Callable[..., Awaitable[str]]
Step = tuple[float, str]
AGES = 100.0  # seconds, enough for what goes on behind a stand-in


class Bench:
    """A desk for `ask`: it answers as it is told, and notes what it is asked for."""

    deadline: float
    stand_in = "one moment, please"

    def __init__(
        self,
        known: dict[str, str] | None = None,
        seconds: float = 1.0,
        error: BaseException | None = None,
        deadline: float = 3.0,
    ) -> None:
        self.deadline = deadline
        self._known, self._seconds, self._error = known or {}, seconds, error
        self._flights: dict[Any, asyncio.Future[Any]] = {}
        self._said: dict[str, list[str]] = {}
        self._looked: list[str] = []
        self._begun: list[str] = []
        self._ended = 0

    def may_share(self, message: str) -> bool:
        """Whether one answer serves all who ask this."""
        return " my " not in f" {message} "

    def remember(self, user: str, message: str) -> list[str]:
        """Note a message; returns what the user said before."""
        before = list(self._said.setdefault(user, []))
        self._said[user].append(message)
        return before

    def look_up(self, message: str) -> str | None:
        """An answer that is known."""
        self._looked.append(message)
        return self._known.get(message)

    async def share(self, key: Any, work: Callable[[], Awaitable[str]]) -> str:
        """What `work` gives; who comes with an equal key meanwhile shares it."""

        async def landed() -> str:
            try:
                return await work()
            finally:
                del self._flights[key]

        flight = self._flights.get(key) or asyncio.ensure_future(landed())
        self._flights[key] = flight
        return await asyncio.shield(flight)

    async def work(self, message: str, talk: Sequence[str]) -> str:
        """Work an answer out, which takes a while."""
        self._begun.append(message)
        await asyncio.sleep(self._seconds)
        if self._error:
            raise self._error
        self._ended += 1
        told = ", ".join(talk)
        return f"{message} ({told})" if told else f"{message} (new)"


async def _end(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except (Exception, asyncio.CancelledError) as error:
        return type(error).__name__


async def known(ask: Ask, message: str, answer: str) -> Any:
    """A message whose answer is known, and one after it."""
    bench = Bench({message: answer})
    begin = now()
    got = await _end(ask(bench, "ann", message))
    took = now() - begin
    after = await _end(ask(bench, "ann", "and now?"))
    return {"answer": got, "seconds": took, "worked out": bench._begun, "next": after}


def was_known(message: str, answer: str) -> dict[str, Any]:
    """What `known` comes to."""
    after = f"and now? ({message})"
    begun = ["and now?"]
    return {"answer": answer, "seconds": 0.0, "worked out": begun, "next": after}


async def together(
    ask: Ask,
    message: str,
    users: Sequence[str],
    other: str | None = None,
    alike: Sequence[tuple[str, str]] = (),
) -> Any:
    """Several users ask the same at once, and the first one asks `other` as well.

    `alike` are users and messages that make the same text as others when joined.
    """
    bench = Bench({message: "an answer to somebody else"} if " my " in message else {})
    for user in users:
        bench.remember(user, f"I am {user}")
    asked = [(user, message) for user in users]
    asked += [(users[0], other)] if other else []
    for user, text in alike:
        bench.remember(user, f"I am {user}")
        asked.append((user, text))
    got = await asyncio.gather(*[_end(ask(bench, *one)) for one in asked])
    return {"answers": got, "worked out": len(bench._begun)}


def apart(
    message: str,
    users: Sequence[str],
    other: str,
    alike: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """What `together` comes to where each has an answer of their own."""
    answers = [f"{message} (I am {user})" for user in users]
    answers.append(f"{other} (I am {users[0]}, {message})")
    answers += [f"{text} (I am {user})" for user, text in alike]
    return {"answers": answers, "worked out": len(set(users)) + 1 + len(alike)}


def shared(message: str, users: Sequence[str]) -> dict[str, Any]:
    """And where one answer serves all: it is worked out for the first."""
    answers = [f"{message} (I am {users[0]})"] * len(users)
    return {"answers": answers, "worked out": 1}


async def late(ask: Ask, seconds: float, deadline: float, message: str) -> Any:
    """Work that takes longer than users wait, and goes on behind the stand-ins.

    One asks what may be shared, another `message`, which is personal.
    """
    bench = Bench(seconds=seconds, deadline=deadline)
    begin = now()

    async def known_meanwhile() -> None:
        await asyncio.sleep(deadline / 2)
        bench._known[message] = "an answer to somebody else"

    asked = [ask(bench, "ann", "why?"), ask(bench, "bob", message)]
    *got, _ = await asyncio.gather(*map(_end, asked), known_meanwhile())
    took = now() - begin
    await asyncio.sleep(AGES)
    return {"answers": got, "seconds": round(took, 3), "ended later": bench._ended}


def too_late(deadline: float) -> dict[str, Any]:
    """What `late` comes to."""
    return {"answers": [Bench.stand_in] * 2, "seconds": deadline, "ended later": 2}


async def broken(ask: Ask, names: Sequence[str]) -> Any:
    """Work that ends in an error; which of them become a stand-in?"""
    kinds = {
        "ConnectionError": ConnectionError,
        "TimeoutError": TimeoutError,
        "ConnectionResetError": ConnectionResetError,
        "ValueError": ValueError,
        "KeyError": KeyError,
        "ZeroDivisionError": ZeroDivisionError,
        "FileNotFoundError": FileNotFoundError,
        "CancelledError": asyncio.CancelledError,
    }
    return [await _end(ask(Bench(error=kinds[x]("no")), "ann", "why?")) for x in names]


def broke(names: Sequence[str]) -> list[str]:
    """What `broken` comes to: trouble of a service, not bugs, become stand-ins."""
    passing = ("ConnectionError", "TimeoutError", "ConnectionResetError")
    return [Bench.stand_in if name in passing else name for name in names]


_ALIKE = [("ann what", "is my name?"), ("cydwhat", " is my name?")]
_TROUBLE = ["ConnectionError", "TimeoutError", "ValueError"]
_TROUBLE += ["FileNotFoundError", "CancelledError"]
WIRE: list[tuple[str, str, Callable[..., Any], list[Any], Any]] = [
    (
        "what is known is given at once and remembered",
        "`remember` comes first, for every message; then `look_up`, where it may be",
        known,
        ["hello?", "good day"],
        was_known("hello?", "good day"),
    ),
    (
        "who asks the same meanwhile shares one run",
        "`desk.share(key, work)` with the same key for all who ask the same",
        together,
        ["what now?", ["ann", "bob", "cyd"]],
        shared("what now?", ["ann", "bob", "cyd"]),
    ),
    (
        "what is personal is shared with nobody",
        "neither looked up nor worked out together: its key is a pair of user and "
        "message, `(user, message)`",
        together,
        ["what is my name?", ["ann", "bob", "cyd"], "and my city?", _ALIKE],
        apart("what is my name?", ["ann", "bob", "cyd"], "and my city?", _ALIKE),
    ),
    (
        "a stand-in at the deadline and the work goes on",
        "`asyncio.timeout(desk.deadline)` around the wait for `desk.share`, also for "
        "what is personal: it goes on when one who waits has left",
        late,
        [9, 2.5, "why is my page gone?"],
        too_late(2.5),
    ),
    (
        "trouble becomes a stand-in and a bug does not",
        "catch TimeoutError and ConnectionError, and nothing else: no wider error, and "
        "no CancelledError, which is how a run is told to end",
        broken,
        [_TROUBLE],
        broke(_TROUBLE),
    ),
]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self._at = 0.0

    def now(self) -> float:
        """Seconds since it was started."""
        return self._at


def breaks(make: Any, failures: int, rest: float, steps: Sequence[Step]) -> list[Any]:
    """What a breaker says: a step is a time and what happens to it then.

    "may" asks whether a call may be made; "ok" and "bad" tell how one went.
    """
    clock = Clock()
    breaker = make(failures, rest, clock.now)
    said = []
    for at, what in steps:
        clock._at = at
        if what == "may":
            may = breaker.allows()
            said.append(may if may is None else bool(may))  # None: a way without return
        elif what == "ok":
            breaker.succeeded()
        else:
            breaker.failed()
    return said


def right_breaks(failures: int, rest: float, steps: Sequence[Step]) -> list[bool]:
    """What `breaks` comes to, worked out from the promises."""
    said, row, since, trying = list[bool](), 0, None, False
    for at, what in steps:
        resting = since is not None and at - since < rest
        if what == "may":
            may = since is None or (not resting and not trying)
            trying = trying or (may and since is not None)
            said.append(may)
        elif what == "ok":
            row, since, trying = 0, None, False
        else:
            row += 1
            if trying or (since is None and row >= failures):
                since, trying = at, False
    return said


BREAKS: list[tuple[str, str, list[Any]]] = [
    (
        "a few failures in a row open it",
        "`failures` in a row open it, not one more; a success begins the count anew",
        [
            3,
            10,
            [
                (0, "bad"),
                (1, "bad"),
                (2, "may"),
                (2, "ok"),
                (3, "bad"),
                (4, "bad"),
                (5, "may"),
                (5, "bad"),
                (6, "may"),
            ],
        ],
    ),
    (
        "after the rest one call may try",
        "one may call once `clock()` says that `rest` is over, nobody else until its "
        "end is told, however long that takes",
        [
            1,
            10,
            [
                (0, "may"),
                (1, "bad"),
                (11, "may"),
                (11, "may"),
                (12, "may"),
                (40, "may"),
            ],
        ],
    ),
    (
        "a try that goes well closes it",
        "`succeeded` sets everything back, and a time of 0 s is a time as well",
        [
            2,
            10,
            [
                (0, "bad"),
                (0, "bad"),
                (5, "may"),
                (11, "may"),
                (12, "ok"),
                (12, "may"),
                (12, "may"),
                (13, "bad"),
                (13, "may"),
            ],
        ],
    ),
    (
        "a try that fails begins another rest",
        "one failure is enough while it tries, and the rest counts from then",
        [
            3,
            10,
            [
                (0, "bad"),
                (1, "bad"),
                (2, "bad"),
                (12, "may"),
                (20.5, "bad"),
                (30, "may"),
                (30.5, "may"),
                (30.5, "may"),
            ],
        ],
    ),
    (
        "failures of older calls do not lengthen the rest",
        "while it rests, `failed` changes nothing, and what it counted is gone when a "
        "try goes well",
        [
            2,
            10,
            [
                *[(0, "bad"), (0, "bad"), (5, "bad"), (9, "bad"), (11, "may")],
                *[(12, "ok"), (12, "may"), (13, "bad"), (13, "may")],
            ],
        ],
    ),
]


class Line:
    """A pool for `call`: one client, lent to one caller at a time."""

    def __init__(self, bench: "Calls") -> None:
        self._bench, self._lock = bench, asyncio.Lock()

    async def run(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        """What `work(client)` gives, when its turn comes."""
        async with self._lock:
            return await work(self._bench.client)


class Switch:
    """A breaker for `call`, which notes what it is told."""

    def __init__(self, lets: bool) -> None:
        self._lets, self._told = lets, list[str]()

    def allows(self) -> bool:
        """Whether a call may be made now."""
        self._told.append("asked")
        return self._lets

    def succeeded(self) -> None:
        """A call went well."""
        self._told.append("ok")

    def failed(self) -> None:
        """A call failed."""
        self._told.append("bad")


class Calls:
    """A desk for `call`."""

    stand_in = "one moment, please"
    give_up: float
    breakers: dict[str, Switch]
    pools: dict[str, Line]

    def __init__(
        self, seconds: Sequence[float], give_up: float = 5.0, *, lets: bool = True
    ) -> None:
        self.give_up = give_up
        self._seconds = iter(seconds)
        self._asked: list[str] = []
        self._switch = Switch(lets)
        self.breakers = {"small": Switch(True), "large": self._switch}
        self.pools = {"small": Line(self), "large": Line(self)}

    async def client(self, prompt: str) -> str:
        """Answer a prompt; below zero it breaks off."""
        self._asked.append(prompt)
        seconds = next(self._seconds)
        await asyncio.sleep(abs(seconds))
        if seconds < 0:
            raise ConnectionError("broke off")
        return f"{prompt}!"


async def called(
    call: Any, seconds: Sequence[float], give_up: float, lets: bool
) -> Any:
    """Several calls at once of a model that serves one at a time."""
    desk = Calls(seconds, give_up, lets=lets)
    begin = now()
    calls = [_end(call(desk, "large", f"p{n}")) for n in range(len(seconds))]
    got = await asyncio.gather(*calls)
    told = desk._switch._told
    return {
        "answers": got,
        "asked the model": len(desk._asked),
        "breaker heard ok": told.count("ok"),
        "breaker heard bad": told.count("bad"),
        "seconds": round(now() - begin, 3),
    }


def calls_end(seconds: Sequence[float], give_up: float, lets: bool) -> dict[str, Any]:
    """What `called` has to come to."""
    ends, took = [], 0.0
    for n, takes in enumerate(seconds):
        if not lets:
            ends.append("ConnectionError")
            continue
        took += min(abs(takes), give_up)
        fits = abs(takes) < give_up
        broke = "ConnectionError" if takes < 0 else f"p{n}!"
        ends.append(broke if fits else "TimeoutError")
    good = sum(end.endswith("!") for end in ends)
    return {
        "answers": ends,
        "asked the model": len(seconds) if lets else 0,
        "breaker heard ok": good,
        "breaker heard bad": len(ends) - good if lets else 0,
        "seconds": round(took, 3),
    }


CALLS: list[tuple[str, str, list[Any]]] = [
    (
        "an answer goes through",
        "the breaker is told `succeeded` when the answer is there, and then `call` "
        "returns it",
        [[1.0], 5.0, True],
    ),
    (
        "a model that is left alone is not asked",
        "ask `allows` before the client is called, and tell the breaker only of calls "
        "that were made",
        [[1.0, 1.0], 5.0, False],
    ),
    (
        "a call that hangs or breaks off is told to the breaker",
        "the timeout around the client ends what hangs; then `failed`, no `succeeded`, "
        "and the error goes on with `raise`",
        [[60.0, -1.0, 1.0], 4.0, True],
    ),
    (
        "waiting in line is no failure",
        "the clock starts when the call has its turn, inside of what the pool runs",
        [[2.0, 2.0, 2.0, 2.0], 3.0, True],
    ),
]
