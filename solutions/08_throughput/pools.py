"""Scenes for a pool of agents, for its tests: each returns what came of it.

`make_pool(make, most, least, timeout)` gives a pool; an agent takes `MAKING` seconds
to make. Everything is counted on virtual time.
"""

import asyncio
import contextlib
import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from session1.virtual_time import VirtualLoop, now, run

MakePool = Callable[..., Any]
MAKING = 1.0  # seconds
ERRORS = (Exception, asyncio.CancelledError)


class Agent:
    """An agent that says whom it serves; it is lent to one at a time."""

    def __init__(self, number: int, office: "Office") -> None:
        self.number, self._office, self._lent = number, office, False

    async def serve(self, who: Any, seconds: float, error: Any = None) -> str:
        """Work for a while, then answer or fail."""
        office = self._office
        office.begun.append((who, now()))
        office.shared = office.shared or self._lent
        self._lent = True
        office.busy += 1
        office.most = max(office.most, office.busy)
        try:
            await asyncio.sleep(seconds)
        finally:
            office.busy -= 1
            self._lent = False
        if error is not None:
            raise error
        return f"answer for {who}"


class Office:
    """Where agents are made, and what is counted of them."""

    def __init__(self, bad: int = 0) -> None:
        self.made = self.asked = self.busy = self.most = 0
        self.bad = bad  # so many fail to be made first
        self.shared = False  # whether two had one agent at a time
        self.begun: list[tuple[Any, float]] = []

    async def make(self) -> Agent:
        """Make an agent, which takes its time."""
        self.asked += 1
        asked = self.asked
        await asyncio.sleep(MAKING)
        if asked <= self.bad:
            raise OSError("no model")
        self.made += 1
        return Agent(self.made, self)

    def job(self, who: Any, seconds: float, error: Any = None) -> Any:
        """Work for an agent: `await work(agent)`."""

        async def work(agent: Any) -> str:
            answer: str = await agent.serve(who, seconds, error)
            return answer

        return work


async def end(call: Awaitable[Any]) -> Any:
    """What a call gives, or the name of its error."""
    try:
        return await call
    except ERRORS as error:
        return type(error).__name__


def good(answers: Sequence[Any], names: Sequence[Any]) -> int:
    """How many answers are those that their callers asked for."""
    pairs = zip(answers, names, strict=True)
    return sum(answer == f"answer for {name}" for answer, name in pairs)


async def crowd(make_pool: MakePool, most: int, users: int, seconds: float) -> Any:
    """So many users at once."""
    office = Office()
    pool = make_pool(office.make, most, 0, 1000)
    jobs = [pool.run(office.job(i, seconds)) for i in range(users)]
    answers = await asyncio.gather(*map(end, jobs))
    return {
        "answers": good(answers, range(users)),
        "agents made": office.made,
        "most at work": office.most,
        "seconds": round(now(), 6),
    }


def crowded(most: int, users: int, seconds: float) -> dict[str, Any]:
    """What `crowd` has to come to."""
    some = min(most, users)
    rounds = -(-users // most)
    counts = {"answers": users, "agents made": some, "most at work": some}
    return {**counts, "seconds": round(MAKING + rounds * seconds, 6)}


async def in_a_row(make_pool: MakePool, most: int, users: int) -> Any:
    """One user after another."""
    office = Office()
    pool = make_pool(office.make, most, 0, 1000)
    answers = [await end(pool.run(office.job(i, 0.5))) for i in range(users)]
    made = {"agents made": office.made, "made where each is 0": await _zeros(make_pool)}
    return {"answers": good(answers, range(users)), **made}


async def _zeros(make_pool: MakePool) -> int:
    """Agents that are made for two users at once, three times, when each is a 0."""
    made = list[int]()

    async def make() -> int:
        await asyncio.sleep(MAKING)
        made.append(0)
        return 0

    async def work(agent: Any) -> None:
        await asyncio.sleep(1)

    pool = make_pool(make, 2, 0, 1000)
    for _ in range(3):
        await asyncio.gather(end(pool.run(work)), end(pool.run(work)))
    return len(made)


def row(users: int) -> dict[str, Any]:
    """What `in_a_row` has to come to."""
    return {"answers": users, "agents made": 1, "made where each is 0": 2}


async def warmed(make_pool: MakePool, most: int, least: int, users: int) -> Any:
    """Warmed up twice, then users who come at once, and then a crowd."""
    office = Office()
    pool = make_pool(office.make, most, least, 1000)
    await pool.warm_up()
    found = {"seconds to warm up": round(now(), 6)}
    await pool.warm_up()
    found["agents made"] = office.made
    began = now()
    jobs = [pool.run(office.job(i, 2)) for i in range(users)]
    await asyncio.gather(*map(end, jobs))
    at_once = sum(at == began for _, at in office.begun)
    found["users who did not wait"] = at_once
    found["agents then"] = office.made
    jobs = [pool.run(office.job(i, 2)) for i in range(2 * most)]
    await asyncio.gather(*map(end, jobs))
    found |= {"after a crowd": office.made, "most at work": office.most}
    none = Office()
    await end(make_pool(none.make, most, 0, 1000).warm_up())
    return {**found, "made for a least of 0": none.made}


def warm(most: int, least: int) -> dict[str, Any]:
    """What `warmed` has to come to."""
    return {
        "seconds to warm up": 1.0,
        "agents made": least,
        "users who did not wait": least,
        "agents then": least,
        "after a crowd": most,
        "most at work": most,
        "made for a least of 0": 0,
    }


async def failing(make_pool: MakePool, most: int, errors: Sequence[Any]) -> Any:
    """Work that fails, more often than there are agents; then work that does not."""
    office = Office()
    pool = make_pool(office.make, most, 0, 50)
    jobs = [pool.run(office.job(i, 1, error)) for i, error in enumerate(errors)]
    told = await asyncio.gather(*map(end, jobs))
    answers = [await end(pool.run(office.job(i, 1))) for i in range(most + 1)]
    return {
        "told": told,
        "answers afterwards": good(answers, range(most + 1)),
        "agents made": office.made,
    }


async def cancelled(make_pool: MakePool, most: int, when: float) -> Any:
    """All users who are there give up at a time; then others come.

    Until 1 s agents are made, until 4 s the first ones work; the others wait.
    """
    office = Office()
    pool = make_pool(office.make, most, 0, 50)
    jobs = [pool.run(office.job(i, 3)) for i in range(2 * most)]
    tasks = [asyncio.ensure_future(end(job)) for job in jobs]
    await asyncio.sleep(when)
    for task in tasks:
        task.cancel()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    jobs = [pool.run(office.job(i, 3)) for i in range(2 * most)]
    answers = await asyncio.gather(*map(end, jobs))
    return {
        "cancelled": told.count("CancelledError"),
        "answers afterwards": good(answers, range(2 * most)),
        "errors": _errors(told, answers),
        "agents made": office.made,
        "most at work": office.most,
    }


def _errors(told: Sequence[Any], answers: Sequence[Any]) -> list[str]:
    """The names of the errors that came instead of cancellations and answers."""
    ends = [x if isinstance(x, str) else type(x).__name__ for x in [*told, *answers]]
    names = {x for x in ends if not x.startswith("answer for")}
    return sorted(names - {"CancelledError"})


def unharmed(most: int) -> dict[str, Any]:
    """What `cancelled` has to come to."""
    counts = {"agents made": most, "most at work": most, "errors": []}
    return {"cancelled": 2 * most, "answers afterwards": 2 * most, **counts}


async def late(make_pool: MakePool, timeout: float, seconds: float) -> Any:
    """One agent: while it works for long, others wait for too long; then it is free.

    To make it takes longer than the timeout, too: that is no wait for a slot.
    """
    office = Office()
    pool = make_pool(office.make, 1, 0, timeout)
    first = asyncio.ensure_future(end(pool.run(office.job("first", seconds))))
    await asyncio.sleep(MAKING)
    began = now()
    others = [pool.run(office.job(i, 1)) for i in range(3)]
    told = await asyncio.gather(*map(end, others))
    waited = round(now() - began, 6)
    answers = [await first]
    answers += [await end(pool.run(office.job(i, 1))) for i in range(2)]
    with contextlib.suppress(*ERRORS):
        await asyncio.gather(*[end(pool.run(office.job(i, 0.1))) for i in range(3)])
    at_once = make_pool(office.make, 1, 0, 0)
    first = asyncio.ensure_future(end(at_once.run(office.job("first", seconds))))
    await asyncio.sleep(MAKING)
    second = await end(at_once.run(office.job("second", 1)))
    await first
    return {
        "told": told,
        "told at a timeout of 0": second,
        "seconds they waited": waited,
        "answers": good(answers, ["first", 0, 1]),
        "most at work": office.most,
    }


def too_late(timeout: float) -> dict[str, Any]:
    """What `late` has to come to."""
    told = ["TimeoutError"] * 3
    found = {"told": told, "seconds they waited": float(timeout), "answers": 3}
    return {**found, "told at a timeout of 0": "TimeoutError", "most at work": 1}


async def unmade(make_pool: MakePool, most: int, bad: int) -> Any:
    """So many agents cannot be made, nor warmed up; then users come one by one."""
    office = Office(bad)
    pool = make_pool(office.make, most, 0, 50)
    told = [await end(pool.run(office.job(i, 1))) for i in range(bad)]
    answers = [await end(pool.run(office.job(i, 1))) for i in range(3)]
    found = {"told": told, "answers afterwards": good(answers, range(3))}
    cold = Office(1)
    pool = make_pool(cold.make, most, most, 50)
    try:
        await pool.warm_up()
    except ERRORS:
        found["warm-up"] = "an error"
    answers = [await end(pool.run(cold.job(i, 1))) for i in range(3)]
    return {**found, "answers after it": good(answers, range(3))}


def unmade_in_vain(bad: int) -> dict[str, Any]:
    """What `unmade` has to come to."""
    found = {"told": ["OSError"] * bad, "answers afterwards": 3}
    return {**found, "warm-up": "an error", "answers after it": 3}


async def in_line(make_pool: MakePool, users: int, leaves: int) -> Any:
    """Who is served when, if users come one by one and one of them goes away."""
    office = Office()
    pool = make_pool(office.make, 1, 0, 1000)
    tasks = []
    for i in range(users):
        call = end(pool.run(office.job(i, 3)))
        tasks.append(asyncio.ensure_future(call))
        await asyncio.sleep(0.1)
    tasks[leaves].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {"served": [who for who, _ in office.begun]}


def without(users: int, leaves: int) -> dict[str, Any]:
    """What `in_line` has to come to."""
    return {"served": [i for i in range(users) if i != leaves]}


def _about_crowd(got: Any, right: Any) -> str:
    many = got["agents made"] > right["agents made"]
    if many and got["most at work"] <= right["most at work"]:
        return "an agent that is done becomes idle, and is lent before another is made"
    if many:
        return "take a slot before you look whether an agent is idle, or make one"
    if got["answers"] < right["answers"]:
        return "return what `work(agent)` gives"
    if got["most at work"] < right["most at work"]:
        return "as many may be made as there are slots, while others work"
    one_by_one = MAKING * (right["agents made"] - 1)
    if round(got["seconds"] - right["seconds"], 6) == one_by_one:
        return "each makes its own agent while others do: no lock around `make`"
    if (
        got["seconds"] > right["seconds"]
        and got["most at work"] == right["most at work"]
    ):
        return "wait for a slot and take it at once: who looks now and then comes late"
    return "`make` is awaited by whoever needs an agent, not by all one after another"


def _about_row(got: Any, right: Any) -> str:
    if got["agents made"] < right["agents made"]:
        return "each pool has idle agents of its own: a list, made in `__init__`"
    if got["agents made"] == right["agents made"]:
        return "agents may be equal, or 0: ask whether there is an idle one in the list"
    return "an agent that is done becomes idle, and is lent again"


def _about_warm(got: Any, right: Any) -> str:
    if got["seconds to warm up"] == right["seconds to warm up"]:
        if got["agents made"] > right["agents made"]:
            return "the second time there are enough: make what is missing"
        if got["agents then"] > right["agents then"]:
            return "`run` takes an idle agent where there is one"
        if got["after a crowd"] > right["after a crowd"]:
            return "agents that `warm_up` made count among the `most`, too"
        if got["made for a least of 0"]:
            return "`least` agents, so none where `least` is 0"
        if got["most at work"] < right["most at work"]:
            return "`least` is for the warm-up alone: up to `most` work at a time"
        return "`run` takes an idle agent where there is one"
    if got["seconds to warm up"] == 0:
        return "`warm_up` makes `least` agents and keeps them idle"
    return "make them together, with one `gather`"


def _about_failing(got: Any, right: Any) -> str:
    if got["told"] != right["told"]:
        return "the error of `work` reaches its caller as it is"
    if got["agents made"] > right["agents made"]:
        return "an agent whose work failed is lent again: `finally`"
    return "an agent and its slot come back when `work` raises: `finally`"


def _about_cancelled(got: Any, right: Any) -> str:
    if "UnboundLocalError" in got["errors"]:
        return "where `make` is cancelled there is no agent to give back, but a slot"
    if "AttributeError" in got["errors"]:
        return "an agent that was never made came among the idle ones: is it None?"
    if "InvalidStateError" in got["errors"]:
        return "the future of one who left is `done()`: wake the next one instead"
    if got["most at work"] > right["most at work"]:
        return "who waited and left gives no slot back: it never had one"
    if got["cancelled"] < right["cancelled"]:
        return "a cancellation is passed on like an error: `raise`, or only `finally`"
    if got["agents made"] > right["agents made"]:
        return "the agent comes back, too: `self.idle.append(agent)` in `finally`"
    return "`finally` also runs when a user is cancelled, at work or while making"


def _about_late(got: Any, right: Any) -> str:
    if got["answers"] == 0:
        return "let the timeout hold the wait alone: an agent may take longer to make"
    if got["told"] != right["told"]:
        if "TimeoutError" not in got["told"]:
            return "`async with asyncio.timeout(self.timeout):` around the wait"
        return "all three wait for one agent that comes back too late"
    if got["seconds they waited"] != right["seconds they waited"]:
        return "`self.timeout` seconds, no figure of its own"
    if got["most at work"] > right["most at work"]:
        return "who waited in vain gives no slot back: it never had one"
    if got["told at a timeout of 0"] != right["told at a timeout of 0"]:
        return "a timeout of 0 is a timeout, too: who finds no slot does not wait"
    return "only the wait ends in time, the work does not; and no slot gets lost"


def _about_unmade(got: Any, right: Any) -> str:
    if got["told"] != right["told"] and "TimeoutError" not in got["told"]:
        return "the error of `make` reaches its caller as it is"
    if got["answers afterwards"] == right["answers afterwards"]:
        return "an error of `make` ends the warm-up with it, and is no idle agent"
    return "where `make` fails, the slot is given back: `finally` begins before it"


def _about_line(got: Any, right: Any) -> str:
    if sorted(got["served"]) == sorted(right["served"]):
        return "first come, first served: a semaphore wakes them in their order"
    return "the one who left is passed over, and all others are served"


LOOKS: dict[Callable[..., Any], Callable[[Any, Any], str]] = {
    crowd: _about_crowd,
    in_a_row: _about_row,
    warmed: _about_warm,
    failing: _about_failing,
    cancelled: _about_cancelled,
    late: _about_late,
    unmade: _about_unmade,
    in_line: _about_line,
}

# What the tests say, where to look if an error comes, the scene, what is given to it,
# and what has to come of it. The hidden check plays them with other figures.
CASES: list[tuple[str, str, Callable[..., Any], list[Any], Any]] = [
    (
        "a crowd shares a few agents",
        "`run` waits for a slot, takes or makes an agent, and awaits `work(agent)`",
        crowd,
        [2, 6, 3],
        crowded(2, 6, 3),
    ),
    (
        "an idle agent is lent before one is made",
        "keep idle agents in a list, and look there first",
        in_a_row,
        [3, 5],
        row(5),
    ),
    (
        "a warm pool lets nobody wait",
        "`warm_up` makes agents and puts them among the idle ones",
        warmed,
        [5, 3, 3],
        warm(5, 3),
    ),
    (
        "an agent comes back when work fails",
        "`try` and `finally` around the work",
        failing,
        [2, [ValueError("no"), ValueError("no"), KeyError("x"), OSError("gone")]],
        {
            "told": ["ValueError", "ValueError", "KeyError", "OSError"],
            "answers afterwards": 3,
            "agents made": 2,
        },
    ),
    (
        "users who give up at work cost nothing",
        "`finally`, for a cancellation is no Exception",
        cancelled,
        [2, 2.0],
        unharmed(2),
    ),
    (
        "nor do those who give up while an agent is made",
        "`finally` begins right behind the slot, before `make`",
        cancelled,
        [2, 0.5],
        unharmed(2),
    ),
    (
        "nobody waits for longer than the timeout",
        "`async with asyncio.timeout(self.timeout):` around the wait for a slot",
        late,
        [0.5, 10],
        too_late(0.5),
    ),
    (
        "an agent that cannot be made costs no slot",
        "the slot is given back however it ends",
        unmade,
        [1, 2],
        unmade_in_vain(2),
    ),
    (
        "first come first served",
        "a semaphore wakes them in their order",
        in_line,
        [5, 2],
        without(5, 2),
    ),
]


def look_at(scene: Callable[..., Any], got: Any, right: Any) -> str:
    """Where to look: what is wrong in what came of a scene."""
    return LOOKS[scene](got, right)


# --- pools that break a promise, for the test that catches them


class Careful:
    """Keeps all promises: slots, idle agents, first come, first served."""

    def __init__(self, make: Any, most: int) -> None:
        self._make, self._idle = make, list[Any]()
        self._slots = asyncio.Semaphore(most)

    async def run(self, work: Any) -> Any:
        """`await work(agent)` with an agent of the pool's."""
        async with self._slots:
            agent = self._idle.pop() if self._idle else await self._make()
            try:
                return await work(agent)
            finally:
                self._idle.append(agent)


class LeaksOnError(Careful):
    """Gives the agent and its slot back only after work that went well."""

    async def run(self, work: Any) -> Any:
        """See above."""
        await self._slots.acquire()
        agent = self._idle.pop() if self._idle else await self._make()
        try:
            answer = await work(agent)
        except asyncio.CancelledError:
            self._back(agent)
            raise
        self._back(agent)
        return answer

    def _back(self, agent: Any) -> None:
        self._idle.append(agent)
        self._slots.release()


class LeaksOnCancel(LeaksOnError):
    """Gives back after errors, but not when its user is cancelled."""

    async def run(self, work: Any) -> Any:
        """See above."""
        await self._slots.acquire()
        agent = self._idle.pop() if self._idle else await self._make()
        try:
            answer = await work(agent)
        except Exception:
            self._back(agent)
            raise
        self._back(agent)
        return answer


class LastInFirstOut(Careful):
    """Wakes whoever came last."""

    def __init__(self, make: Any, most: int) -> None:
        super().__init__(make, most)
        self._free, self._waiting = most, list[asyncio.Future[None]]()

    async def run(self, work: Any) -> Any:
        """See above."""
        if self._free:
            self._free -= 1
        else:
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place in self._waiting:
                    self._waiting.remove(place)
                else:
                    self._next()
                raise
        try:
            agent = self._idle.pop() if self._idle else await self._make()
            try:
                return await work(agent)
            finally:
                self._idle.append(agent)
        finally:
            self._next()

    def _next(self) -> None:
        while self._waiting:
            place = self._waiting.pop()
            if not place.done():
                place.set_result(None)
                return
        self._free += 1


class OverTheLimit(Careful):
    """Counts agents when they are made, and so makes too many at once."""

    def __init__(self, make: Any, most: int) -> None:
        super().__init__(make, most)
        self._most, self._made = most, 0
        self._back = asyncio.Condition()

    async def run(self, work: Any) -> Any:
        """See above."""
        async with self._back:
            while not self._idle and self._made >= self._most:
                await self._back.wait()
            agent = self._idle.pop() if self._idle else None
        if agent is None:
            agent = await self._make()
            self._made += 1
        try:
            return await work(agent)
        finally:
            self._idle.append(agent)
            async with self._back:
                self._back.notify()


class NeverReuses(Careful):
    """Makes a new agent each time."""

    async def run(self, work: Any) -> Any:
        """See above."""
        async with self._slots:
            return await work(await self._make())


class Swallows(Careful):
    """Answers with None when work fails."""

    async def run(self, work: Any) -> Any:
        """See above."""
        try:
            return await super().run(work)
        except Exception:
            return None


# What each does, where to look when a test does not notice it, and the pool.
BROKEN: list[tuple[str, str, Callable[[Any, int], Any]]] = [
    (
        "makes a new agent each time",
        "run two jobs one after another, and count what `make` has made",
        NeverReuses,
    ),
    (
        "makes more agents than it may",
        "start more jobs than agents at once, let `make` and the jobs wait, and count",
        OverTheLimit,
    ),
    (
        "swallows errors",
        "a job that raises, and an assertion that the call raised",
        Swallows,
    ),
    (
        "leaks an agent when work fails",
        "a pool of one: a job that raises, then another under `asyncio.timeout`",
        LeaksOnError,
    ),
    (
        "leaks an agent when its user is cancelled",
        "a pool of one: cancel the task of a job that works, then run another",
        LeaksOnCancel,
    ),
    (
        "wakes whoever came last",
        "a pool of one and three jobs, begun one by one: in which order do they work?",
        LastInFirstOut,
    ),
]


def a_day() -> VirtualLoop:
    """A virtual clock that ends after a day: a pool may hang or poll for ever."""
    loop = VirtualLoop()
    loop.last = 86_400
    return loop


def alarm(test: Callable[[Any], Awaitable[Any]]) -> str:
    """Where to look if `test` raises for a pool that keeps its promises."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            run(test, Careful, new_loop=a_day)
    except Exception as error:
        return alarmed(type(error).__name__)
    return ""


def alarmed(error: str) -> str:
    """Where to look when a test raises this for a pool that keeps its promises."""
    if error.startswith("AssertionError"):
        return "this assertion asks for more than the promises say"
    if error.startswith(("Stuck", "TimeoutError")):
        return "a right pool lends on: does a job of yours never end?"
    return "does your own job fail here? catch its error where you expect it"
