"""Deadlines for many short calls at the price of one timer."""

import asyncio
from collections.abc import Callable

from session1.deadlines import GIVEN_UP, Exited, SelfCancelled, TimeUp

_SLACK = 1e-6  # seconds by which a timer may fire early


class Watchdog:
    """Bounds how long calls may take, all to the same number of seconds.

    `with dog.watch():` cancels what runs inside at the deadline and turns that into
    `TimeUp`, as `asyncio.timeout` does for several times the overhead. Code that
    ignores its cancellation for `grace` more seconds is reported to `give_up`. Code
    that cancels itself raises `SelfCancelled`, and code that exits `Exited`. What
    `hint` gives is added to the words of `TimeUp`.
    """

    def __init__(
        self,
        seconds: float,
        grace: float = 1.0,
        *,
        hint: Callable[[], str] = str,
    ) -> None:
        if not seconds > 0:
            raise ValueError(f"a deadline of {seconds} s leaves no time to answer")
        self.seconds = seconds
        self.grace = grace
        self.hint = hint
        self.queue: _Queue | None = None  # the calls of the loop used last

    def watch(self, give_up: Callable[[], None] | None = None) -> "Watch":
        """Start the time of the current task; use the result in a `with`."""
        return Watch(self, give_up)


class Watch:
    """One call under a deadline; a subclass may count how it `ended`."""

    __slots__ = ("_cancelling", "_dog", "_give_up", "_open", "_queue", "_task", "when")

    def __init__(self, dog: Watchdog, give_up: Callable[..., None] | None) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline needs a running task")
        self.when = loop.time() + dog.seconds
        self._dog = dog
        queue = dog.queue
        if queue is None or queue.loop is not loop:
            # watches of another loop keep the queue they were put in
            queue = dog.queue = _Queue(loop)
        self._queue = queue
        self._give_up = give_up
        self._task = task
        self._cancelling = task.cancelling()
        self._open = True

    def ended(self, error: BaseException | None) -> None:
        """Hear how the call ended, before its error is raised."""

    def __enter__(self) -> "Watch":
        self._queue.add(self)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._open = False
        in_time = self._queue.remove(self)
        turned = None
        if error is not None or not in_time:
            turned = self._turned(error, not in_time)
        self.ended(turned or error)
        if turned is not None:
            raise turned from error

    def _turned(self, error: BaseException | None, expired: bool) -> Exception | None:
        """Return the error to raise in place of `error`."""
        left = self._task.uncancel() if expired else 0
        if isinstance(error, SystemExit):
            return Exited(error)
        if not isinstance(error, asyncio.CancelledError):
            return None
        if not expired and self._task.cancelling() <= self._cancelling:
            return SelfCancelled("it cancelled itself")
        if expired and left <= self._cancelling:
            return TimeUp(f"no answer within {self._dog.seconds:g} s{self._dog.hint()}")
        return None

    def expire(self) -> None:
        """Cancel the call; see later whether it has heard."""
        self._task.cancel(GIVEN_UP)
        if self._give_up is not None:
            self._queue.loop.call_later(self._dog.grace, self._check)

    def give_up(self) -> None:
        """Report that the code ignores its cancellation."""
        if self._give_up is not None:
            self._give_up()

    def _check(self) -> None:
        if self._open:
            self.give_up()


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
