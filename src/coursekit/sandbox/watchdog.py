"""One thread that ends kernels which pass a limit; it also keeps the boxes alive."""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from coursekit.sandbox import processes
from coursekit.sandbox.confine import KERNEL_THREADS
from coursekit.sandbox.kernel import Kernel
from coursekit.sandbox.limits import MB

T = TypeVar("T")
PERIOD = 0.1  # seconds between two looks
_MISSES = 20  # looks in a row that may fail: what cannot be looked at has no limits
_UNDO = 5.0  # seconds for a call that is interrupted to be done
_SHARED = 16 * MB  # in the folder of the sockets, which hold nothing


def passed(kernel: Kernel, now: float) -> str:
    """The limit that `kernel` has passed, as its report says it; empty when none."""
    limits, pids = kernel.limits, kernel.pids()
    if processes.hold_more(pids, limits.memory * MB):
        return f"more than {limits.memory} MB of memory"
    if processes.threads(pids) > limits.processes + KERNEL_THREADS:
        return f"more than {limits.processes} processes"
    if processes.size(kernel.folder) > _SHARED:
        return "files where none belong"
    return _time_passed(kernel, now)


def _time_passed(kernel: Kernel, now: float) -> str:
    limits, cpu = kernel.limits, kernel.cpu_ns()
    if now - kernel.started > limits.wall:
        return f"more than {limits.wall:g} s for the notebook"
    if cpu > limits.cpu * 1e9:
        return f"more than {limits.cpu:g} s of processor time for the notebook"
    if cell := kernel.cell_start:
        if now - cell[0] > limits.cell_wall:
            return limits.in_one_cell
        if cpu + kernel.judge_ns() - cell[1] > limits.cell_cpu * 1e9:
            return f"more than {limits.cell_cpu:g} s of processor time in one cell"
    return ""


class _Watch(threading.Thread):
    """Looks at each kernel ten times a second; runs calls of others in between."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(name="sandbox-watchdog", daemon=True)
        self.process, self.clock = os.getpid(), clock
        self.kernels: set[Kernel] = set()
        self.calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def run(self) -> None:
        while True:
            try:
                self.calls.get(timeout=PERIOD if self.kernels else None)()
            except queue.Empty:
                self._look()

    def _look(self) -> None:
        for kernel in list(self.kernels):
            try:
                if kernel.poll() is not None:
                    self.kernels.discard(kernel)
                elif why := passed(kernel, self.clock()):
                    kernel.kill(why)
                kernel.misses = 0
            except Exception as error:  # this thread goes on: all limits need it
                self._missed(kernel, error)

    def _missed(self, kernel: Kernel, error: Exception) -> None:
        kernel.misses += 1
        if kernel.misses >= _MISSES:
            self.kernels.discard(kernel)
            with contextlib.suppress(Exception):
                kernel.kill(f"what cannot be measured ({type(error).__name__})")


_watch: _Watch | None = None
_making = threading.Lock()


def _thread() -> _Watch:
    global _watch
    with _making:
        if _watch is None or _watch.process != os.getpid():
            _watch = _Watch()
            _watch.start()
        return _watch


def watch(kernel: Kernel) -> None:
    """End `kernel` when it passes one of its limits."""
    thread = _thread()
    thread.calls.put(lambda: thread.kernels.add(kernel))


def in_its_thread(call: Callable[[], T], undo: Callable[[T], object]) -> T:
    """Run `call` in the watchdog's thread, which lives as long as this process.

    What it made is undone when whoever waits for it is interrupted.
    """
    future: Future[T] = Future()

    def answer() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    _thread().calls.put(answer)
    try:
        return future.result()
    except KeyboardInterrupt:
        undo(future.result(_UNDO))
        raise
