"""Call async code from plain code: once, or on a loop that outlives the call."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

from session1.forks import heed_forks

T = TypeVar("T")


def run_sync(main: Coroutine[Any, Any, T]) -> T:
    """The result of `main`, run to its end on a loop of its own."""
    with LoopThread() as loop:
        return loop.run(main)


class LoopThread:
    """A loop on a thread of its own, for the time of a `with`.

    What still runs at the end is cancelled and waited for.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._turn, name="loop", daemon=True)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """The result of `main`, in the caller's context; Ctrl-C cancels it."""
        future = asyncio.run_coroutine_threadsafe(main, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _turn(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            # the runner cancels what is left and closes the loop when this returns
            runner.get_loop().run_forever()


class OwnLoop:
    """An event loop on a thread of its own; starts at the first use.

    One loop for all calls, so that connections outlive a call, and calls made at once
    from several threads meet.
    """

    def __init__(self) -> None:
        self.forked()
        heed_forks(self)

    def forked(self) -> None:
        """Begin without a loop; a parent's turns in that process alone."""
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
