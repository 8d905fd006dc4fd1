"""Other processes for single calls: none is started before it is needed."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from session1.runtime.cpu_worker import Failed, Worker, load, pack, with_keywords
from session1.runtime.threads import Threads

END_S = 1.0  # until a process that hung up has ended by itself


class _Call:
    """A packed call, the process that is at it, and whether its caller has left."""

    def __init__(self, work: bytes) -> None:
        self.work = work
        self.worker: Worker | None = None
        self.left = False


class Processes:
    """Runs functions in up to `size` processes; each call has one for itself.

    Functions travel by value, so the main program is not run again for them and needs
    no guard. A call whose caller leaves, cancelled or at a deadline, ends with its
    process.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._feeders = Threads(size, "feeder")
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._closed = False

    async def run(self, function: Callable[..., Any], params: Mapping[str, Any]) -> Any:
        """`function(**params)` in another process; both and the result are pickled."""
        call = _Call(pack(partial(with_keywords, function), [dict(params)]))
        self._closed = False
        try:
            return await self._feeders.run(self._do, {"call": call})
        except asyncio.CancelledError:
            with self._lock:
                call.left = True
                if call.worker is not None:
                    call.worker.kill()
            raise

    def close(self) -> None:
        """End the idle processes; the others end when their calls have."""
        self._feeders.close()
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()

    def _do(self, call: _Call) -> Any:
        """Have a call done by a process, on a thread that waits for it."""
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        worker = worker or Worker()
        with self._lock:
            call.worker = worker
            if call.left:
                worker.kill()
        try:
            outcome = load(worker.run(call.work))
        except (EOFError, OSError):
            worker.close(END_S)
            raise RuntimeError("the process that ran the tool died") from None
        with self._lock:
            call.worker = None
            keep = not (call.left or self._closed)
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.close()
        if isinstance(outcome, Failed):
            raise outcome.error
        return outcome[0]
