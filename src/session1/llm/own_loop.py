"""Wait for async work where no event loop runs: in a script, or on a plain thread."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from session1.runtime.sync import LoopThread

T = TypeVar("T")


class OwnLoop:
    """An event loop on a thread of its own; starts at the first use.

    One loop for all calls, so that connections outlive a call, and calls made at once
    from several threads meet.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: LoopThread | None = None

    def run(self, work: Coroutine[Any, Any, T], instead: str) -> T:
        """Return the outcome of `work`; Ctrl-C cancels it.

        RuntimeError where a loop runs, which this would stop: do `instead`.
        """
        if _loop_runs():
            work.close()
            raise RuntimeError(f"an event loop runs here, do not block it: {instead}")
        with self._lock:
            if self._loop is None:
                self._loop = LoopThread().__enter__()
            loop = self._loop
        return loop.run(work)

    def close(self) -> None:
        """Stop the loop; the next `run` starts another."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.__exit__(None, None, None)


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
