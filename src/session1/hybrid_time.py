"""Run async code on a clock where work takes its time and waiting takes none.

The clock shows the seconds that really passed, plus those that were skipped: whenever
the loop has nothing to do before its next timer, the clock is set to that timer instead
of waiting for it. So a simulated model's half a second costs nothing, while every
instruction, every queue in front of the loop and every write to a disk count in full.

What it measures is the delay and the throughput that one loop would have if its timers
were the only thing it ever waits for. It never skips while a thread of the loop is at
work or a socket is open: what comes from there has its own time, so they are waited
for, and meanwhile all timers run in real time, too. On a machine that is busy with
something else, that shows: a process that had to wait for its turn was slow.
"""

import asyncio
import selectors
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from session1 import virtual_time
from session1.virtual_time import LoopThatWaits, Timed, now

__all__ = ["HybridLoop", "now", "run"]
T = TypeVar("T")


class HybridLoop(LoopThatWaits, asyncio.SelectorEventLoop):
    """An event loop with such a clock; `skipped` is the seconds it did not wait.

    `clock` tells the seconds that really passed.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.skipped = 0.0
        self._real = clock
        super().__init__(_Skipping(self))

    def time(self) -> float:
        """Seconds that passed or were skipped."""
        return self._real() + self.skipped

    def busy(self, watched: int) -> bool:
        """Whether something may come from a thread or from `watched` sockets."""
        return self.outside > 0 or watched > 1  # one is the loop's own, to be woken


class _Skipping(selectors.DefaultSelector):
    """Looks for events as ever, but where it would wait for a timer, it skips."""

    def __init__(self, loop: HybridLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return ready events; a finite `timeout` is skipped if nothing can come."""
        if not timeout or self._loop.busy(len(self.get_map())):
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self._loop.skipped += timeout
        return ready


def run(
    main: Callable[..., Awaitable[T]],
    *args: Any,
    clock: Callable[[], float] = time.monotonic,
) -> Timed[T]:
    """Run `main(*args)` on a `HybridLoop`; works where a loop already runs.

    Its seconds are those that passed on the hybrid clock.
    """
    return virtual_time.run(main, *args, new_loop=partial(HybridLoop, clock))
