"""The dialogue of each user: in memory for those who are here, else from the store."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from session1.caching.single_flight import SingleFlight
from session1.caching.ttl import TTLCache
from session1.forks import heed_forks
from session1.memory.journal import Journal, Record
from session1.memory.manager import MemoryManager

READ = 200  # turns that are read when a user comes back
FACTS = 50  # of those before, that matter
MATTERS = "matters_to"  # the field, with the user, of a turn that matters
PENDING = 4_000  # characters that wait to be put into a dialogue
# What tells turns from other records of a user in the same store: both are text.
TURNS = {"message": {"$gte": ""}, "response": {"$gte": ""}}


class Marked:
    """A store of turns that marks those that matter, on the thread that writes."""

    def __init__(self, store: MemoryManager, matters: Callable[[Record], bool]) -> None:
        self._store = store
        self._matters = matters
        store.create_index(MATTERS)

    def put_many(self, records: list[Record]) -> list[str]:
        """Store turns, so that those that matter can be found among many."""
        return self._store.put_many(
            {**turn, MATTERS: turn["user"]} if self._matters(turn) else turn
            for turn in records
        )


class Learns(Protocol):
    """Whatever can be given the turns of a user, one after the other."""

    def learn(self, turn: Record) -> None: ...


D = TypeVar("D", bound=Learns)


class _Held(Generic[D]):
    """A dialogue, and the turns that it will learn when it is next asked for."""

    def __init__(self, dialogue: D) -> None:
        self.dialogue = dialogue
        self.pending: list[Record] = []
        self.size = 0

    def learned(self) -> D:
        for turn in self.pending:
            self.dialogue.learn(turn)
        self.pending, self.size = [], 0
        return self.dialogue


class Dialogues(Generic[D]):
    """Writes turns down by `journal`, and knows the latest of each user.

    A turn is a record with "user", "message" and "response". Dialogues, made by `new`,
    are held for the `most` users who were asked for last; to others the latest `READ`
    turns are read back from `store`, on a thread, after the latest `FACTS` of those
    before that were `Marked`. To add a turn costs next to nothing:
    a dialogue learns it when it is next needed. What another process writes for a
    user is seen when their turns are next read.
    """

    def __init__(
        self,
        store: MemoryManager,
        journal: Journal,
        new: Callable[[], D],
        most: int,
        *,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._journal = journal
        self._new = new
        self._held: TTLCache[Any, _Held[D]] = TTLCache(most, clock=clock)
        self.forked()
        heed_forks(self)

    def forked(self) -> None:
        """Begin with threads of its own, and nothing on its way."""
        self._loads: SingleFlight[Any, D] = SingleFlight(patience=None)
        self._meanwhile: dict[Any, deque[Record]] = {}  # added while a user is read
        self._reader = ThreadPoolExecutor(2, "dialogues")

    def add(self, turn: Record) -> None:
        """Have a turn written, and learned by the dialogue of its user."""
        whole = self._journal.add(turn)
        user = whole["user"]
        if user in self._meanwhile:
            self._meanwhile[user].append(whole)
        held: _Held[D] | None = self._held.get(user)
        if held is not None:
            held.pending.append(whole)
            held.size += len(whole["message"]) + len(whole["response"])
            if held.size > PENDING:  # to be read again, if ever it is needed
                self._held.pop(user)

    async def of(self, user: Any) -> D:
        """The dialogue of a user; raises what the store raises."""
        held: _Held[D] | None = self._held.get(user)
        if held is not None:
            return held.learned()
        return await self._loads.run(user, partial(self._load, user))

    async def latest(self, user: Any, limit: int) -> list[Record]:
        """The latest turns of a user in order, those not yet written included."""
        # first those that wait: whatever has left the queue since is in the store
        waiting = self._journal.waiting(user, limit)
        return await self._on_thread(self._merged, user, limit, waiting)

    async def _load(self, user: Any) -> D:
        waiting = self._journal.waiting(user, READ)
        meanwhile = self._meanwhile[user] = deque(maxlen=READ)
        try:
            dialogue = await self._on_thread(self._restored, user, waiting)
        finally:
            del self._meanwhile[user]
        for turn in meanwhile:
            dialogue.learn(turn)
        self._held.put(user, _Held(dialogue))
        return dialogue

    def _restored(self, user: Any, waiting: list[Record]) -> D:
        dialogue = self._new()
        turns = self._merged(user, READ, waiting)
        for turn in [*self._facts(user, turns), *turns]:
            dialogue.learn(turn)
        return dialogue

    def _facts(self, user: Any, turns: list[Record]) -> list[Record]:
        """What matters of the turns before these, which may be all."""
        if len(turns) < READ:
            return []
        known = {turn["id"] for turn in turns}
        whose = {MATTERS: user, **TURNS}
        found = self._store.retrieve(whose, READ + FACTS, newest_first=True)
        return [turn for turn in found if turn["id"] not in known][:FACTS][::-1]

    def _merged(self, user: Any, limit: int, waiting: list[Record]) -> list[Record]:
        whose = {"user": user, **TURNS}
        found = self._store.retrieve(whose, limit, newest_first=True)
        stored = {turn["id"] for turn in found}
        new = [dict(turn) for turn in waiting if turn["id"] not in stored]
        return [*reversed(found), *new][-limit:]

    async def _on_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, work, *args)
