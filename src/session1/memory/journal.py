"""Records written to a store in batches, on a thread, while others are answered."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol
from uuid import uuid4

from session1.forks import heed_forks
from session1.limits import positive, positive_int

Record = dict[str, Any]
log = logging.getLogger(__name__)


class Stores(Protocol):
    """Whatever stores many records at a time, such as `MemoryManager`."""

    def put_many(self, records: list[Record]) -> list[str]: ...


class JournalFull(RuntimeError):
    """More records wait than may, so the oldest are dropped."""


class Journal:
    """Writes what is added to `store`, after `delay` seconds, all that came by then.

    Each record gets an `id`, so that writing it twice does no harm, and the `timestamp`
    of when it was added. What is not yet written is lost with the process; after
    `flush` everything is. A record that the store refuses (TypeError or ValueError)
    is dropped and counted in `refused`. When the store fails, the records wait `pause`
    seconds for the next try. At most `most` wait: then the oldest are dropped and
    counted in `lost`. `on_error` gets the error of each of these. `by` names a field
    by whose value `waiting` finds records.
    """

    def __init__(
        self,
        store: Stores,
        *,
        by: str | None = None,
        delay: float = 0.02,
        pause: float = 1.0,
        batch: int = 1024,
        most: int = 100_000,
        on_error: Callable[[Exception], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._by = by
        self._delay = positive("delay", delay)
        self._pause = positive("pause", pause)
        self._batch = positive_int("batch", batch)
        self._most = positive_int("most", most)
        self._on_error = on_error
        self._clock = clock
        self.forked()
        heed_forks(self)

    def forked(self) -> None:
        """Begin with nothing to write: what waits in a parent, the parent writes."""
        self.added = self.written = self.refused = self.lost = 0
        self._name = uuid4().hex
        self._queue: deque[Record] = deque()
        self._in_hand: list[Record] = []  # on the thread, to be written
        self._owned: dict[Any, dict[str, Record]] = {}  # by owner and id, oldest first
        self._full = False
        self._thread = ThreadPoolExecutor(1, "journal")
        self._writing: asyncio.Task[None] | None = None
        self._writer: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Records that wait to be written."""
        return len(self._queue) + len(self._in_hand)

    def add(self, record: Mapping[str, Any]) -> Record:
        """Have a record written soon; the record with its id and timestamp."""
        # an id of its own by count: a random one would take as long as all else here
        whole = {
            "id": f"{self._name}-{self.added}",
            "timestamp": self._clock(),
            **record,
        }
        if self._by is not None:
            self._owned.setdefault(whole[self._by], {})[whole["id"]] = whole
        if len(self) >= self._most and self._queue:
            self._drop_oldest()
        self.added += 1
        self._queue.append(whole)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write())
        return whole

    def waiting(self, owner: Any, limit: int) -> list[Record]:
        """The latest `limit` records of an owner that wait, in order."""
        owned = self._owned.get(owner, {})
        return list(islice(reversed(owned.values()), limit))[::-1]

    async def flush(self) -> None:
        """Write all that waits, now; raises what the store raises.

        A caller that is cancelled leaves the write to go on.
        """
        last = self.added
        while self.written + self.refused + self.lost < last:
            if self._writing is None or self._writing.done():
                loop = asyncio.get_running_loop()
                self._writing = loop.create_task(self._write_batch())
                self._writing.add_done_callback(_noticed)
            await asyncio.shield(self._writing)

    async def _write_batch(self) -> None:
        """Write the oldest records; they leave the queue only once they are stored."""
        queue = self._queue
        self._in_hand = [queue.popleft() for _ in range(min(len(queue), self._batch))]
        loop = asyncio.get_running_loop()
        try:
            refusals = await loop.run_in_executor(
                self._thread, self._put, self._in_hand
            )
        except BaseException:
            queue.extendleft(reversed(self._in_hand))
            self._in_hand = []
            raise
        for record in self._in_hand:
            self._disown(record)
        self.written += len(self._in_hand) - len(refusals)
        self.refused += len(refusals)
        self._in_hand, self._full = [], False
        for error in refusals:
            self._report(error)

    def _put(self, records: list[Record]) -> list[Exception]:
        """Store records, in halves if some are refused; the error of each of those."""
        try:
            self._store.put_many(records)
        except (TypeError, ValueError) as e:
            if len(records) == 1:
                return [e]
            middle = len(records) // 2
            return self._put(records[:middle]) + self._put(records[middle:])
        return []

    async def _write(self) -> None:
        wait = self._delay
        while len(self):
            await asyncio.sleep(wait)
            try:
                await self.flush()
                wait = self._delay
            except Exception as e:
                wait = self._pause
                self._report(e)

    def _drop_oldest(self) -> None:
        self._disown(self._queue.popleft())
        self.lost += 1
        if not self._full:  # reported once until the store has caught up a little
            self._full = True
            self._report(
                JournalFull(
                    f"{self._most:,} records wait to be written: the oldest are "
                    "dropped, and counted in `lost`. The store is too slow or failing"
                )
            )

    def _disown(self, record: Record) -> None:
        if self._by is not None:
            owner = record[self._by]
            owned = self._owned[owner]
            del owned[record["id"]]
            if not owned:
                del self._owned[owner]

    def _report(self, error: Exception) -> None:
        if self._on_error is None:
            log.warning("journal: %s", error)
            return
        try:
            self._on_error(error)
        except Exception:
            log.exception("on_error failed on %r", error)


def _noticed(writing: "asyncio.Task[None]") -> None:
    """Look at the error of a write whose caller has left; the writer tries again."""
    if not writing.cancelled():
        writing.exception()
