"""Records written to a store in batches, on a thread, while others are answered."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from session1.limits import positive, positive_int

Record = Mapping[str, Any]


class Stores(Protocol):
    """Whatever stores many records at a time, such as `MemoryManager`."""

    def put_many(self, records: list[Record]) -> list[str]: ...


class Journal:
    """Hands what is added to `store`, after `delay` seconds, all that came by then.

    What is not yet written is lost with the process; after `flush` everything is. When
    the store fails, `on_error` is told, and the records wait `pause` seconds for the
    next try. At most `most` wait: then the oldest are given up, and counted in `lost`.
    """

    def __init__(
        self,
        store: Stores,
        *,
        delay: float = 0.02,
        pause: float = 1.0,
        batch: int = 1024,
        most: int = 100_000,
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        self.lost = self.written = 0
        self._store = store
        self._delay = positive("delay", delay)
        self._pause = positive("pause", pause)
        self._batch = positive_int("batch", batch)
        self._most = positive_int("most", most)
        self._on_error = on_error
        self._waiting: deque[Record] = deque()
        self._one = asyncio.Lock()  # write at a time
        self._writer: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Records that wait to be written."""
        return len(self._waiting)

    def add(self, record: Record) -> None:
        """Have a record written soon."""
        if len(self._waiting) >= self._most:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append(record)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write())

    async def flush(self) -> None:
        """Write all that waits, now; raises what the store raises."""
        async with self._one:
            while self._waiting:
                count = min(len(self._waiting), self._batch)
                records = [self._waiting.popleft() for _ in range(count)]
                try:
                    await asyncio.to_thread(self._store.put_many, records)
                except Exception:
                    self._waiting.extendleft(reversed(records))
                    raise
                self.written += count

    async def _write(self) -> None:
        wait = self._delay
        while self._waiting:
            await asyncio.sleep(wait)
            try:
                await self.flush()
                wait = self._delay
            except Exception as e:
                wait = self._pause
                if self._on_error is not None:
                    self._on_error(e)
