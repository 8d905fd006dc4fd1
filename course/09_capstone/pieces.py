"""The reference's version of each part of the agent.

Those of earlier modules stand here as they stand in their own `parts.py`, so that this
module needs no other beside it.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from types import SimpleNamespace
from typing import Any

from session1.caching.ttl import TTLCache
from session1.llm.complexity import classify
from session1.reuse.gate import judge

Item = tuple[str, float, int]
Work = Callable[[Any], Awaitable[Any]]
Flights = dict[Hashable, asyncio.Future[Any]]
_QUOTED = re.compile(r'"[^"]*"')


def keep(items: Sequence[Item], max_tokens: int) -> list[Item]:
    """The items that stay: those of 1.0, then by importance, as long as they fit."""
    order = sorted(range(len(items)), key=lambda i: (-items[i][1], -i))
    chosen, left = set[int](), max_tokens
    for i in order:
        if items[i][1] == 1 or items[i][2] <= left:
            chosen.add(i)
            left -= items[i][2]
        if left < 0:
            raise ValueError(f"what must stay takes {-left} tokens too many")
    return [item for i, item in enumerate(items) if i in chosen]


async def once(flights: Flights, key: Hashable, work: Callable[[], Any]) -> Any:
    """The outcome of the run of `key` that is on, else of a new one."""

    async def landed() -> Any:
        try:
            return await work()
        finally:
            del flights[key]

    flight = flights.get(key) or asyncio.ensure_future(landed())
    flights[key] = flight
    return await asyncio.shield(flight)


def Fresh(most: int, ttl: float, clock: Callable[[], float]) -> TTLCache[Any, Any]:
    """A cache that ages and stays small."""
    return TTLCache(most, ttl, clock=clock)


def same_question(message: str, other: str) -> bool:
    """Whether the reference's nine guards let one answer serve both."""
    return judge(message, other).same


def is_hard(prompt: str) -> bool:
    """Whether `prompt` needs the large model."""
    asked = _QUOTED.sub(" ", prompt).lower()
    return classify(asked or "?").complexity in ("complex", "reasoning")


class TwoTier:
    """All records in `warm`, and those used lately in memory as well."""

    def __init__(
        self, warm: Any, clock: Callable[[], float], size: int, ttl: float
    ) -> None:
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot: OrderedDict[Any, tuple[Any, float]] = OrderedDict()

    def hot_ids(self) -> list[Any]:
        """Ids of what is held in memory."""
        return list(self.hot)

    def get(self, id: Any) -> Any:
        """The record, which counts as used; None if there is none."""
        found = self.hot.get(id)
        if found and self.clock() - found[1] < self.ttl:
            record = found[0]
        else:
            record = self.warm.get(id)
        if record is not None:
            self._use(id, record)
        return record

    def put(self, id: Any, record: Any) -> None:
        """Store a record in both tiers, warm first."""
        self.warm.put(id, record)
        self._use(id, record)

    def _use(self, id: Any, record: Any) -> None:
        self.hot[id] = record, self.clock()
        self.hot.move_to_end(id)
        if len(self.hot) > self.size:
            self.hot.popitem(last=False)


class Notes:
    """Texts by id, found by what they say now."""

    def __init__(self, embed: Callable[[str], Any], index: Any) -> None:
        self.embed, self.index = embed, index
        self.texts: dict[Any, str] = {}
        self.labels: dict[Any, int] = {}
        self.ids: dict[int, Any] = {}
        self._unused = 0

    def put(self, id: Any, text: str) -> None:
        """Add a note, or replace the one with this id."""
        label = self._unused
        self.index.add(label, self.embed(text))
        self._unused += 1
        if id in self.texts:
            self.delete(id)
        self.texts[id], self.labels[id], self.ids[label] = text, label, id

    def delete(self, id: Any) -> None:
        """Forget a note; KeyError if it is not there."""
        label = self.labels.pop(id)
        self.index.mark_deleted(label)
        del self.texts[id], self.ids[label]

    def search(self, text: str, k: int) -> list[Any]:
        """The ids of the `k` notes nearest to a text, or of all if they are fewer."""
        k = min(k, len(self.texts))
        if not k:
            return []
        return [self.ids[label] for label in self.index.search(self.embed(text), k)]


class Pool:
    """At most `most` agents, each lent to one user at a time."""

    def __init__(
        self,
        make: Callable[[], Awaitable[Any]],
        most: int,
        least: int = 0,
        timeout: float = 30,
    ) -> None:
        self.make, self.least, self.timeout = make, least, timeout
        self._idle: list[Any] = []
        self._slots = asyncio.Semaphore(most)

    async def warm_up(self) -> None:
        """Make agents, together, until there are `least`."""
        missing = self.least - len(self._idle)
        self._idle += await asyncio.gather(*[self.make() for _ in range(missing)])

    async def run(self, work: Work) -> Any:
        """What `await work(agent)` gives, with an agent of the pool's."""
        async with asyncio.timeout(self.timeout):
            await self._slots.acquire()
        try:
            agent = self._idle.pop() if self._idle else await self.make()
            try:
                return await work(agent)
            finally:
                self._idle.append(agent)
        finally:
            self._slots.release()


class Breaker:
    """Lets calls through until some fail in a row, and one again after a rest."""

    def __init__(self, failures: int, rest: float, clock: Callable[[], float]) -> None:
        self.failures, self.rest, self.clock = failures, rest, clock
        self.in_a_row = 0
        self.since: float | None = None  # when it opened
        self.trying = False  # whether one call is on its way to see

    def allows(self) -> bool:
        """Whether a call may be made now; after the rest, one may."""
        if self.since is None:
            return True
        if self.trying or self.clock() - self.since < self.rest:
            return False
        self.trying = True
        return True

    def succeeded(self) -> None:
        """A call went well."""
        self.in_a_row, self.since, self.trying = 0, None, False

    def failed(self) -> None:
        """A call failed."""
        self.in_a_row += 1
        if self.trying or (self.since is None and self.in_a_row >= self.failures):
            self.since, self.trying = self.clock(), False


async def ask(desk: Any, user: str, message: str) -> str:
    """The answer to a message: what is known, else what the desk works out in time."""
    talk = desk.remember(user, message)
    shared = desk.may_share(message)
    found = desk.look_up(message) if shared else None
    if found is not None:
        return found
    key = message if shared else (user, message)

    async def work() -> str:
        return await desk.work(message, talk)

    try:
        async with asyncio.timeout(desk.deadline):
            return await desk.share(key, work)
    except (TimeoutError, ConnectionError):
        return desk.stand_in


async def call(desk: Any, model: str, prompt: str) -> str:
    """What a model says: in turn, in time, and not at all while it is down."""
    breaker = desk.breakers[model]

    async def limited(client: Callable[[str], Awaitable[str]]) -> str:
        if not breaker.allows():
            raise ConnectionError(f"{model} is left alone for a while")
        try:
            async with asyncio.timeout(desk.give_up):  # of the work, not of the line
                answer = await client(prompt)
        except (TimeoutError, ConnectionError):
            breaker.failed()
            raise
        breaker.succeeded()
        return answer

    said: str = await desk.pools[model].run(limited)
    return said


def reference() -> SimpleNamespace:
    """All parts, the reference's."""
    found = (keep, once, Fresh, same_question, is_hard, TwoTier, Notes, Pool)
    built = (ask, call, Breaker)
    return SimpleNamespace(**{part.__name__: part for part in (*found, *built)})
