"""A number that only grows."""

import math
import threading

from session1.limits import number


class Counter:
    """Counts up; safe to share between threads."""

    __slots__ = ("_lock", "_value")

    def __init__(self) -> None:
        self._value: float = 0
        self._lock = threading.RLock()  # a signal handler may count, too

    def add(self, by: float = 1) -> None:
        """Count `by` more; ValueError if that is negative or not finite."""
        if not 0 <= number("by", by) < math.inf:
            raise ValueError(f"a counter only grows, by a finite number, not by {by}")
        with self._lock:
            self._value += by

    @property
    def value(self) -> float:
        """The count."""
        return self._value
