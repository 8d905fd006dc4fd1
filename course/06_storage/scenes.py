"""Situations that storage gets into: age, other writers, power cuts; all counted."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from session1 import virtual_time
from session1.memory.manager import MemoryManager

TTL = {"hot": 300.0, "warm": 3_600.0, "cold": 86_400.0}
CONFIG: dict[str, dict[str, Any]] = {
    "hot_tier": {"backend": "memory", "ttl": TTL["hot"]},
    "warm_tier": {"backend": "sqlite", "ttl": TTL["warm"]},
    "cold_tier": {"backend": "disk", "ttl": TTL["cold"], "compression": True},
}
# what happens at which second, to which record
DAY = [
    (0, "put", "abcde"),
    (200, "get", "a"),
    (400, "get", "b"),
    (3_000, "put", "c"),
    (3_500, "retrieve", "d"),
    (3_800, "get", "e"),
]
LOOKS = (3_900, 87_000)


class HandClock:
    """A clock that is set by hand."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def where(at: float) -> dict[str, str]:
    """Letters of the day's records by tier at a second, as session1 has them."""
    clock = HandClock()
    with MemoryManager(CONFIG, clock=clock) as store:
        for second, what, ids in DAY:
            if second > at:
                break
            clock.now = float(second)
            for id in ids:
                if what == "put":
                    store.put({"id": id, "kind": id})
                elif what == "get":
                    store.get(id)
                else:
                    store.retrieve({"kind": id})
        store.flush()
        clock.now = float(at)
        store.cleanup(clock.now)
        return _tiers(store)


def _tiers(store: MemoryManager) -> dict[str, str]:
    found: dict[str, str] = dict.fromkeys(("hot", "warm", "cold", "gone"), "")
    now = store.clock()
    with store._ledger.read() as db:
        rows = {id: store._ledger.find(db, id=id) for id in "abcde"}
    for id, row in rows.items():
        age = now - row[2] if row else TTL["cold"]
        tier = next((name for name, ttl in TTL.items() if age < ttl), "gone")
        found[tier] += id
    return found


def letters(value: Any) -> str | None:
    """The different letters of a text, or of several; None for anything else."""
    texts = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
    if not all(isinstance(text, str) for text in texts):
        return None
    return "".join(sorted({x for x in "".join(texts).lower() if x.isalpha()}))


def age_look(got: Any, want: str) -> str:
    """Where to look when letters are not the right ones: at the first that differs."""
    found = letters(got)
    if found is None:
        return 'letters in quotes, such as "abc", and "" for none'
    if others := set(found) - set("abcde"):
        return f"the records are a to e, and this has {', '.join(sorted(others))}"
    wrong = min(set(found) ^ set(want), default="")
    if wrong == "d":
        return "d was put, and found by a search, which does not count"
    return f"`{wrong}`: how long ago was it last put, or got by its id?"


class WarmTier:
    """Records in a slower tier; it counts reads and notes writes in order."""

    def __init__(self, records: dict[str, Any] | None = None) -> None:
        self._records = dict(records or {})
        self._reads: Counter[str] = Counter()
        self._log: list[tuple[str, str]] = []
        self._full = False

    def get(self, id: str) -> Any:
        """The record, or None."""
        self._reads[id] += 1
        return self._records.get(id)

    def put(self, id: str, record: Any) -> None:
        """Store the record; OSError while the disk is full."""
        if self._full:
            raise OSError("disk full")
        self._records[id] = record
        self._log.append(("put", id))


def trace(n: int = 2_000, seed: int = 5, ids: int = 300) -> list[str]:
    """Ids as an agent asks for them: few often, most seldom, and a scan of all."""
    draw = random.Random(seed)
    asked = [f"m{int(ids * draw.random() ** 4)}" for _ in range(n)]
    return asked[: n // 2] + [f"m{i}" for i in range(ids)] + asked[n // 2 :]


class Records:
    """Records behind one write lock, on virtual time: a millisecond each to delete."""

    def __init__(self, times: dict[str, float], fails: int = 0) -> None:
        self._times = dict(times)
        self._fails = fails  # the delete that raises, counted from 1; 0 for none
        self._deletes = 0
        self._lock = asyncio.Lock()
        self._calls = 0
        self._longest = 0.0
        self._most = 0

    async def oldest(self, n: int) -> list[tuple[str, float]]:
        """Up to `n` pairs of an id and its timestamp, the oldest first."""
        self._count()
        found = sorted(self._times.items(), key=lambda pair: (pair[1], pair[0]))[:n]
        await asyncio.sleep(0.001)  # meanwhile others write
        return found

    async def delete_ids(self, ids: Sequence[str]) -> int:
        """Delete these in one transaction, whatever they are by then; how many."""
        return await self._delete([(id, None) for id in ids])

    async def delete_unchanged(self, pairs: Sequence[tuple[str, float]]) -> int:
        """Delete in one transaction those that still have that timestamp; how many."""
        for pair in pairs:
            if isinstance(pair, str):
                raise TypeError(f"it takes pairs (id, timestamp), not ids: {pair!r}")
        return await self._delete([(id, at) for id, at in pairs])

    async def _delete(self, pairs: Sequence[tuple[str, float | None]]) -> int:
        self._count()
        self._deletes += 1
        if self._deletes == self._fails:
            raise OSError("disk full")
        self._most = max(self._most, len(pairs))
        async with self._lock:
            start, gone = virtual_time.now(), 0
            for id, at in pairs:
                await asyncio.sleep(0.001)
                if id in self._times and at in (None, self._times[id]):
                    del self._times[id]
                    gone += 1
            self._longest = max(self._longest, virtual_time.now() - start)
        return gone

    async def _write(self, id: str, at: float) -> float:
        """Write a record from elsewhere; the seconds it waited for the lock."""
        start = virtual_time.now()
        async with self._lock:
            waited = virtual_time.now() - start
            self._times[id] = at
            await asyncio.sleep(0.001)
        return waited

    def _count(self) -> None:
        self._calls += 1
        if self._calls > 5_000:
            raise RuntimeError("more than 5,000 calls: does the loop come to an end?")


@dataclass
class Cleaned:
    """What a cleanup returned and left, and how long others waited for it."""

    returned: Any
    left: list[str]
    waits: list[float]
    most: int  # deleted in one transaction, at most
    seconds: float
    calls: int


async def while_others_write(
    work: Callable[[Records], Any],
    times: dict[str, float],
    writes: Sequence[tuple[float, str, float]],
    fails: int = 0,
) -> Cleaned:
    """Run a cleanup while records are written: (second, id, timestamp) each.

    The delete number `fails` raises OSError.
    """
    store = Records(times, fails)

    async def write(second: float, id: str, at: float) -> float:
        await asyncio.sleep(second)
        return await store._write(id, at)

    others = [asyncio.create_task(write(*one)) for one in writes]
    start = virtual_time.now()
    returned = await work(store)
    seconds = virtual_time.now() - start
    waits = [await other for other in others]
    return Cleaned(
        returned, sorted(store._times), waits, store._most, seconds, store._calls
    )


class PowerCut(Exception):
    """The power went off."""


@dataclass
class CutDisk:
    """A disk whose power fails before its step number `fails`.

    What was not flushed may be on it or not: with `lucky` it is, otherwise half of a
    file's text and none of the folder's changes.
    """

    fails: int
    lucky: bool
    safe: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # as the program sees it
    flushed: set[str] = field(default_factory=set)  # names of files whose text is safe
    step: int = 0

    def _tick(self) -> None:
        if self.step == self.fails:
            raise PowerCut
        self.step += 1

    def write(self, name: str, text: str) -> None:
        """Write a file; its text is in memory until it is flushed."""
        self._tick()
        if name in self.safe:  # the file is there: its old text is gone
            self.safe[name] = text if self.lucky else text[: len(text) // 2]
        self.names[name] = text
        self.flushed.discard(name)

    def flush(self, name: str) -> None:
        """Wait until a file's text is on the disk (fsync)."""
        self._tick()
        if name in self.names:
            self.flushed.add(name)
            if name in self.safe:
                self.safe[name] = self.names[name]

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, in place of any other of that name."""
        self._tick()
        if old not in self.names:
            raise FileNotFoundError(f"there is no file {old!r} to rename")
        self.names[new] = self.names.pop(old)
        whole = old in self.flushed
        self.flushed.discard(old)
        if whole:
            self.flushed.add(new)
        else:
            self.flushed.discard(new)
        if self.lucky:
            self.flush_now()

    def remove(self, name: str) -> None:
        """Remove a file."""
        self._tick()
        self.names.pop(name, None)
        self.flushed.discard(name)
        self.flush_now()

    def flush_folder(self) -> None:
        """Wait until the folder's names are on the disk (fsync of the folder)."""
        self._tick()
        self.flush_now()

    def flush_now(self) -> None:
        """Names as the program sees them; text that was not flushed is torn."""
        self.safe = {
            name: text if name in self.flushed else text[: len(text) // 2]
            for name, text in self.names.items()
        }


def cuts(
    save: Callable[..., Any], old: str | None = "old text"
) -> list[tuple[str, bool, str | None]]:
    """After a power cut before each step: where, was it acknowledged, what is there.

    Both for a disk that kept what was not flushed and for one that did not.
    """
    new, found = "the new text", []
    for lucky in (False, True):
        for fails in range(12):
            files = {} if old is None else {"a": old}
            disk = CutDisk(fails, lucky, dict(files), dict(files), set(files))
            told: list[bool] = []

            def acknowledge(disk: CutDisk = disk, told: list[bool] = told) -> None:
                disk._tick()
                told.append(True)

            ended = False
            try:
                save(disk, "a", new, acknowledge)
                ended = True
            except PowerCut:
                pass
            when = "after the last step" if ended else f"before step {fails + 1}"
            found.append((when, bool(told), disk.safe.get("a")))
            if ended:
                break
    return found


def verdict(
    found: Sequence[tuple[str, bool, str | None]], old: str | None = "old text"
) -> dict[str, str]:
    """What is wrong after the cuts, by promise; empty where it holds."""
    new, wrong = "the new text", {"torn": "", "lost": "", "acknowledged": ""}
    for when, told, text in found:
        if text not in (old, new):
            seen = "no file" if text is None else repr(text)
            wrong["torn"] = wrong["torn"] or f"power cut {when}: {seen}"
        elif told and text != new:
            wrong["lost"] = wrong["lost"] or f"power cut {when}: still {text!r}"
    if not found[-1][1]:
        wrong["acknowledged"] = "it was never acknowledged"
    return wrong


class NoteStore:
    """Notes that are forgotten after 60 seconds; the right one, for `catch`."""

    def __init__(self) -> None:
        self._now = 0.0
        self._notes: dict[str, tuple[float, str, float]] = {}

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def put(self, id: str, at: float, text: str) -> None:
        """Keep a note, in place of any other of the same id."""
        self._notes[id] = (at, text, self._now)

    def get(self, id: str) -> str | None:
        """The note's text, or None."""
        found = self._alive().get(id)
        return found[1] if found else None

    def since(self, at: float, limit: int) -> list[str]:
        """Ids of notes at `at` or later, the oldest first, up to `limit`."""
        alive = self._alive()
        later = [id for id in alive if alive[id][0] >= at]
        return sorted(later, key=lambda id: (alive[id][0], id))[:limit]

    def _alive(self) -> dict[str, tuple[float, str, float]]:
        return {
            id: note for id, note in self._notes.items() if self._now - note[2] < 60
        }


class SortedNotes(NoteStore):
    """The same promises, with an index that is sorted at each put."""

    def __init__(self) -> None:
        super().__init__()
        self._index: list[tuple[float, str]] = []

    def put(self, id: str, at: float, text: str) -> None:
        """Keep a note, and its place in the index."""
        self._index = sorted([p for p in self._index if p[1] != id] + [(at, id)])
        super().put(id, at, text)

    def since(self, at: float, limit: int) -> list[str]:
        """Ids from the index."""
        alive = self._alive()
        return [id for when, id in self._index if when >= at and id in alive][:limit]


class AsTheyCame(NoteStore):
    """The same promises; notes of the same time stand in another order."""

    def since(self, at: float, limit: int) -> list[str]:
        """Ids, those of the same time as they were first put."""
        alive = self._alive()
        later = [id for id in alive if alive[id][0] >= at]
        return sorted(later, key=lambda id: alive[id][0])[:limit]


class LatestFirst(NoteStore):
    """The same promises; of the same time the note put last comes first."""

    def since(self, at: float, limit: int) -> list[str]:
        """Ids, those of the same time from the last put to the first."""
        alive = self._alive()
        later = [id for id in reversed(alive) if alive[id][0] >= at]
        return sorted(later, key=lambda id: alive[id][0])[:limit]


class LosesLast(NoteStore):
    """The last put is only there once another one has come."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[str, float, str]] = []

    def put(self, id: str, at: float, text: str) -> None:
        """Keep the one before."""
        for one in self._waiting:
            super().put(*one)
        self._waiting = [(id, at, text)]


class ServesExpired(NoteStore):
    """Nothing is ever forgotten."""

    def _alive(self) -> dict[str, tuple[float, str, float]]:
        return self._notes


class GetsExpired(NoteStore):
    """What expired is gone from `since` alone."""

    def get(self, id: str) -> str | None:
        """The note's text, however old."""
        found = self._notes.get(id)
        return found[1] if found else None


class FindsExpired(NoteStore):
    """What expired is gone from `get` alone."""

    def since(self, at: float, limit: int) -> list[str]:
        """Ids, however old."""
        later = [id for id, note in self._notes.items() if note[0] >= at]
        return sorted(later, key=lambda id: (self._notes[id][0], id))[:limit]


class ForgetsIndex(SortedNotes):
    """A note that is put again stays at its old place in the index."""

    def put(self, id: str, at: float, text: str) -> None:
        """Keep a note; its place is known already."""
        known = next((p for p in self._index if p[1] == id), None)
        super().put(id, at, text)
        if known:
            self._index = sorted(p for p in self._index if p[1] != id)
            self._index = sorted([*self._index, known])


class LimitsFirst(NoteStore):
    """Takes `limit` notes first and then looks which of them are late enough."""

    def since(self, at: float, limit: int) -> list[str]:
        """Ids of those that are late enough among the first."""
        alive = self._alive()
        first = sorted(alive, key=lambda id: (alive[id][0], id))[:limit]
        return [id for id in first if alive[id][0] >= at]


RIGHT = (NoteStore, SortedNotes, AsTheyCame, LatestFirst)
BROKEN: dict[str, type[NoteStore]] = {
    "loses the last write": LosesLast,
    "serves what expired": ServesExpired,
    "serves what expired, by get": GetsExpired,
    "serves what expired, by since": FindsExpired,
    "forgets the index": ForgetsIndex,
    "limits before it filters": LimitsFirst,
}
