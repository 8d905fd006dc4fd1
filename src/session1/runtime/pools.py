"""Run plain functions beside the event loop: on threads, or on other processes."""

import asyncio
import os
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from session1.forks import heed_forks
from session1.runtime.cpu_worker import Failed, Worker, load, pack, with_keywords
from session1.runtime.threads import Threads, is_async

END_S = 1.0  # until a process that hung up has ended by itself


def check_portable(name: str, run: Callable[..., Any]) -> None:
    """TypeError unless `run` can go to another process."""
    advice = (
        f"tool {name!r} is cpu_heavy and so runs in another process, to which its "
        "function has to go: open files, locks and connections inside it, or leave "
        "cpu_heavy out to run it on a thread"
    )
    if is_async(run):
        raise TypeError(f"{advice}. An async function cannot be cpu_heavy")
    try:
        pack(run, [])
    except TypeError as e:
        raise TypeError(f"{advice} ({e})") from e


class Pools:
    """A pool of threads for functions that wait, one of processes for those that count.

    Neither starts before its first use. A call that is cancelled frees its caller at
    once, and its process; a thread cannot be stopped and stays busy until the call
    returns. One that is busy for more than `patience` seconds is replaced (`Threads`).
    """

    def __init__(
        self,
        threads: int = 4,
        processes: int | None = None,
        *,
        patience: float | None = None,
    ) -> None:
        self.threads = threads
        self.processes = processes or min(4, os.cpu_count() or 1)
        self._threads = Threads(threads, "tool", patience=patience)
        self._processes = Processes(self.processes)

    async def in_thread(
        self, run: Callable[..., Any], params: Mapping[str, Any]
    ) -> Any:
        """`run(**params)` on a thread, with the caller's context variables."""
        return await self._threads.run(run, params)

    @property
    def stuck(self) -> int:
        """Threads that are busy although they were given up."""
        return self._threads.stuck

    def hint(self) -> str:
        """Return a note for the error of a call that came too late; mostly empty."""
        if not self.stuck:
            return ""
        most = self._threads.size + self._threads.spare
        return (
            f"; calls that do not return hold {self.stuck} of at most {most} threads: "
            "give what they wait for a timeout of its own"
        )

    async def in_process(
        self, run: Callable[..., Any], params: Mapping[str, Any]
    ) -> Any:
        """`run(**params)` in another process; parameters and result are pickled."""
        return await self._processes.run(run, params)

    def close(self) -> None:
        """Let go of both pools; what runs is left to end, what waits is dropped."""
        self._threads.close()
        self._processes.close()


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
        self._closed = False
        self.forked()
        heed_forks(self)

    def forked(self) -> None:
        """Begin with no processes; those of a parent answer it alone."""
        self._idle: list[Worker] = []
        self._lock = threading.Lock()

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
