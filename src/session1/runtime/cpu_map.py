"""A function for many items: on all processors, or here if that is faster."""

import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from session1.limits import function, positive_int
from session1.runtime.cpu_worker import Failed, Worker, load, pack, run_chunk

T = TypeVar("T")
R = TypeVar("R")

PROBE_S = 0.02  # the first items are worked off here for so long
START_S = 0.15  # until two processes work; measured, with imports of their own
END_S = 1.0  # until a process that hung up has ended by itself
CHUNK_S = 0.1  # long against the 0.2 ms that it takes to send a chunk


class WorkerDied(RuntimeError):
    """A process was killed or crashed at an item, twice."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to go on: in so many processes (0: in this one), so many items at a time."""

    processes: int
    chunksize: int


def plan(
    items: int, item_s: float, send_s: float, processes: int, start_s: float = START_S
) -> Plan:
    """The faster way for `items` that take `item_s` each, and `send_s` to be sent."""
    if items < 2 or processes < 2:
        return Plan(0, 1)
    serial = items * item_s
    # everything passes through this process, whatever the others do
    parallel = start_s + max(items * send_s, serial / processes) + 2 * send_s
    if parallel > 0.8 * serial:
        return Plan(0, 1)
    even = math.ceil(items / (4 * processes))
    return Plan(processes, max(1, min(even, math.ceil(CHUNK_S / max(item_s, 1e-9)))))


def cpu_map(
    fn: Callable[[T], R],
    items: Iterable[T],
    chunksize: int | None = None,
    client: Any = None,
    processes: int | None = None,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> list[R]:
    """`[fn(item) for item in items]`, on several processors if that pays.

    The first items are timed here; small work stays here, for starting processes and
    sending items would cost more than it saves; `clock` times them. Large work goes to
    `processes` (one a processor) or, with a Dask `client`, to its workers, `chunksize`
    items at a time. An error comes out with a note
    that names its item; it is the one that the plain loop would have met first.
    Processes import the module `fn` comes from: a slow import is paid in each.
    """
    if chunksize is not None:
        positive_int("chunksize", chunksize)
    given = cpus() if processes is None else processes
    most = positive_int("processes", given) if client is None else 2
    function("fn", fn)
    todo = list(items)
    done: list[R] = []
    begin, spent = clock(), 0.0
    while len(done) < len(todo) and spent < PROBE_S:
        done.append(_here(fn, todo, len(done)))
        spent = clock() - begin
    rest = len(todo) - len(done)
    if not rest:
        return done
    item_s = spent / len(done)
    useful = min(most, cpus()) if client is None else _threads(client)
    start_s = START_S if client is None else 0.0
    way = plan(rest, item_s, 0.0, useful, start_s)
    if way.processes:  # only now is it worth to look at what sending costs
        way = plan(rest, item_s, _send_s(fn, todo[: len(done)], clock), useful, start_s)
    if not way.processes:
        return done + [_here(fn, todo, i) for i in range(len(done), len(todo))]
    chunks = _chunks(len(done), len(todo), chunksize or way.chunksize)
    if client is not None:
        return done + _on_dask(fn, todo, chunks, client)
    return done + _Run(fn, todo, chunks).results(min(most, len(chunks)))


def cpus() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _here(fn: Callable[[T], R], items: Sequence[T], i: int) -> R:
    try:
        return fn(items[i])
    except Exception as e:
        raise _named(e, items, i) from None


def _named(error: Exception, items: Sequence[Any], i: int) -> Exception:
    what = repr(items[i])
    error.add_note(f"at item {i}: {what if len(what) < 80 else what[:77] + '...'}")
    return error


def _send_s(fn: Callable[..., Any], some: Sequence[Any], clock: Any) -> float:
    """Seconds to send one item: packing it here; the other end unpacks meanwhile."""
    some = some[:100]
    begin = clock()
    pack(fn, some)
    return float(clock() - begin) / len(some)


def _chunks(start: int, end: int, size: int) -> list[range]:
    return [range(i, min(i + size, end)) for i in range(start, end, size)]


def _threads(client: Any) -> int:
    """How many things the workers of a Dask client do at a time."""
    return max(2, sum(client.nthreads().values()))


def _on_dask(
    fn: Callable[[T], R], items: Sequence[T], chunks: Sequence[range], client: Any
) -> list[R]:
    packed = [pack(fn, [items[i] for i in chunk]) for chunk in chunks]
    futures = client.map(run_chunk, packed, pure=False)
    results: list[R] = []
    try:
        for chunk, future in zip(chunks, futures, strict=True):
            try:
                data = future.result()
            except Exception as e:
                raise WorkerDied(
                    f"the cluster gave up items {chunk[0]} to {chunk[-1]}: {e}"
                ) from e
            outcome = load(data)
            if isinstance(outcome, Failed):
                raise _named(outcome.error, items, chunk[outcome.place])
            results += outcome
    finally:
        client.cancel(futures)
    return results


class _Run:
    """Chunks on processes of our own; each process has a thread here that feeds it."""

    def __init__(
        self, fn: Callable[[Any], Any], items: Sequence[Any], chunks: Sequence[range]
    ) -> None:
        self._fn = fn
        self._items = items
        self._todo = list(reversed(chunks))
        self._again: set[int] = set()  # items whose process died once
        self._results: dict[int, list[Any]] = {}
        self._errors: dict[int, Exception] = {}
        self._workers: set[Worker] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def results(self, processes: int) -> list[Any]:
        """The results of all chunks in order, or the error of the first bad item."""
        threads = [threading.Thread(target=self._feed) for _ in range(processes)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:  # also after Ctrl-C
            with self._lock:
                self._stopped = True
            for worker in self._workers:
                worker.kill()  # which frees the thread that waits for it
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
            for worker in self._workers:
                worker.close()
        if self._errors:
            i = min(self._errors)
            raise _named(self._errors[i], self._items, i)
        ordered = sorted(self._results.items())
        return [result for _, part in ordered for result in part]

    def _next(self) -> range | None:
        """A chunk that is still wanted: none after the first error."""
        with self._lock:
            if self._stopped or not self._todo:
                return None
            chunk = self._todo.pop()
            if self._errors and min(self._errors) < chunk[0]:
                return None
            return chunk

    def _feed(self) -> None:
        worker = chunk = None
        try:
            while (chunk := self._next()) is not None:
                worker = worker or self._hire()
                if worker is None or not self._do(worker, chunk):
                    worker = None
        except Exception as e:  # it could not be packed, or no process be started
            self._errors[chunk[0] if chunk else 0] = e

    def _hire(self) -> Worker | None:
        with self._lock:
            if self._stopped:
                return None
            worker = Worker()
            self._workers.add(worker)
            return worker

    def _do(self, worker: Worker, chunk: range) -> bool:
        """Have a chunk done; False if the process died of it."""
        work = pack(self._fn, [self._items[i] for i in chunk])
        try:
            outcome = load(worker.run(work))
        except (EOFError, OSError):
            self._died(worker, chunk)
            return False
        if isinstance(outcome, Failed):
            self._errors[chunk[outcome.place]] = outcome.error
        else:
            self._results[chunk[0]] = outcome
        return True

    def _died(self, worker: Worker, chunk: range) -> None:
        with self._lock:
            if self._stopped:
                return
            self._workers.discard(worker)
            status = worker.close(END_S)
            if len(chunk) == 1 and chunk[0] in self._again:
                self._errors[chunk[0]] = WorkerDied(
                    f"the process ended with status {status} twice; was it killed, or "
                    "out of memory?"
                )
                return
            # once more, one at a time, so that we know which one it was
            self._again.update(chunk)
            self._todo += [range(i, i + 1) for i in reversed(chunk)]
