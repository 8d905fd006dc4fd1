"""Deadlines for many short calls at the price of one timer."""

import asyncio
from collections.abc import Callable
from types import TracebackType

from session1.deadlines import GIVEN_UP, Exited, SelfCancelled, TimeUp

_SLACK = 1e-6  # seconds by which a timer may fire early


class Watchdog:
    """Bounds how long calls may take, all to the same number of seconds.

    `with dog.watch():` cancels what runs inside at the deadline and turns that into
    `TimeUp`, as `asyncio.timeout` does for several times the overhead. Code that
    ignores its cancellation for `grace` more seconds is reported to `give_up`. Code
    that cancels itself raises `SelfCancelled`, and code that exits `Exited`.
    """

    def __init__(self, seconds: float, grace: float = 1.0) -> None:
        if not seconds > 0:
            raise ValueError(f"a deadline of {seconds} s leaves no time to answer")
        self.seconds = seconds
        self.grace = grace
        self._queue: _Queue | None = None

    def watch(self, give_up: Callable[[], None] | None = None) -> "Watch":
        """Start the time of the current task; use the result in a `with`."""
        loop = asyncio.get_running_loop()
        queue = self._queue
        if queue is None or queue.loop is not loop:
            # Watches of another loop keep the queue they were put in.
            queue = self._queue = _Queue(loop)
        return Watch(self, queue, loop.time() + self.seconds, give_up)


class Watch:
    """One call under a deadline."""

    __slots__ = ("_cancelling", "_dog", "_give_up", "_open", "_queue", "_task", "when")

    def __init__(
        self,
        dog: Watchdog,
        queue: "_Queue",
        when: float,
        give_up: Callable[[], None] | None,
    ) -> None:
        task = asyncio.current_task(queue.loop)
        if task is None:
            raise RuntimeError("a deadline needs a running task")
        self.when = when
        self._dog = dog
        self._queue = queue
        self._give_up = give_up
        self._task = task
        self._cancelling = task.cancelling()
        self._open = True

    def __enter__(self) -> "Watch":
        self._queue.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        expired = not self._queue.remove(self)
        left = self._task.uncancel() if expired else 0
        if isinstance(error, SystemExit):
            raise Exited(error) from error
        if kind is not asyncio.CancelledError:
            return
        if not expired and self._task.cancelling() <= self._cancelling:
            raise SelfCancelled("it cancelled itself") from error
        if expired and left <= self._cancelling:
            raise TimeUp(f"no answer within {self._dog.seconds:g} s") from error

    def expire(self) -> None:
        """Cancel the call; see later whether it has heard."""
        self._task.cancel(GIVEN_UP)
        if self._give_up is not None:
            self._queue.loop.call_later(self._dog.grace, self._check)

    def _check(self) -> None:
        if self._open and self._give_up is not None:
            self._give_up()


class _Queue:
    """Running calls of one loop: equal deadlines expire in the order they began."""

    __slots__ = ("_timer", "_watches", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._watches: dict[Watch, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, watch: Watch) -> None:
        self._watches[watch] = None
        if self._timer is None:
            self._timer = self.loop.call_at(watch.when, self._sweep)

    def remove(self, watch: Watch) -> bool:
        """Take a call out; False if it expired before."""
        return self._watches.pop(watch, self) is None

    def _sweep(self) -> None:
        """Expire what is due, then sleep until the next one is."""
        self._timer = None
        due = self.loop.time() + _SLACK
        while self._watches:
            watch = next(iter(self._watches))
            if watch.when > due:
                self._timer = self.loop.call_at(watch.when, self._sweep)
                return
            del self._watches[watch]
            watch.expire()
