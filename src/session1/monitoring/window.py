"""How many things happen in a second, over the last minute or so."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from session1.limits import positive

SLOTS = 60


class Window:
    """Counts what happened in the last `seconds`, in sixty slots; memory is flat.

    `started` is when counting began: before a whole window has passed, the rate is
    that of the time there was. Not safe to share between threads.
    """

    __slots__ = ("_counts", "_started", "_width")

    def __init__(self, seconds: float, started: float) -> None:
        self._width = positive("window", seconds) / SLOTS
        self._started = started
        self._counts: Counter[int] = Counter()

    def add(self, times: NDArray[np.float64]) -> None:
        """Count one thing at each of `times`, seconds on one clock."""
        newest = self._slot(times.max())
        if self._slot(times.min()) == newest:
            self._counts[newest] += len(times)
        else:
            self._counts.update(map(self._slot, times.tolist()))
        if len(self._counts) > SLOTS:
            self._forget(self._slot(times[-1]))

    def rate(self, now: float) -> float | None:
        """How many in a second until `now`; None if no time has passed."""
        newest = self._slot(now)
        since = max(self._started, (newest - SLOTS + 1) * self._width)
        if now <= since:
            return None
        return sum(map(self._counts.__getitem__, self._slots(newest))) / (now - since)

    def _forget(self, newest: int) -> None:
        """Keep the window up to `newest`; after a clock's step back that is all."""
        kept = self._slots(newest)
        self._counts = Counter({s: n for s, n in self._counts.items() if s in kept})

    @staticmethod
    def _slots(newest: int) -> range:
        return range(newest - SLOTS + 1, newest + 1)

    def _slot(self, time: float) -> int:
        return int(time // self._width)
