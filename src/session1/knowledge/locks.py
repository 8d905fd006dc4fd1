"""Many readers at a time, or one writer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ReadWriteLock:
    """`with lock:` reads beside other readers; `with lock.write():` is alone.

    Readers let a waiting writer go first, and the next writer lets those readers in:
    neither kind can keep the other out. Not re-entrant.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._changed = threading.Condition(self._mutex)
        self._readers = 0
        self._writers = 0  # waiting or at work
        self._busy = False
        self._held_up = 0  # readers that wait for a writer to finish
        self._admitted = 0  # of those, the ones whose turn it is

    def __enter__(self) -> None:
        with self._mutex:
            if self._writers:
                self._wait_for_turn()
            self._readers += 1

    def __exit__(self, *_error: object) -> None:
        with self._mutex:
            self._readers -= 1
            if self._writers:
                self._changed.notify_all()

    @contextmanager
    def write(self) -> Iterator[None]:
        """Wait until the readers before have left, and keep others out."""
        with self._mutex:
            self._writers += 1
            try:
                while self._readers or self._busy or self._admitted:
                    self._changed.wait()
                self._busy = True
            except BaseException:
                self._leave()
                raise
        try:
            yield
        finally:
            with self._mutex:
                self._busy = False
                self._leave()

    def _leave(self) -> None:
        self._writers -= 1
        if not self._busy:
            self._admitted = self._held_up
        self._changed.notify_all()

    def _wait_for_turn(self) -> None:
        self._held_up += 1
        try:
            while self._writers and not self._admitted:
                self._changed.wait()
        finally:
            self._held_up -= 1
            self._admitted = max(self._admitted - 1, 0)
            self._changed.notify_all()
