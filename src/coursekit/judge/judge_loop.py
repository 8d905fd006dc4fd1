"""Two event loops, the judge's and the learner's, on one virtual clock.

The judge's loop drives. Each of its turns gives the learner's loop one turn, as long as
that has anything to do; when both only wait, the clock jumps to the next timer of
either. What learner code awaits of the judge, and the judge of learner code, is
started, cancelled and finished by messages that travel with the turns.
"""

import asyncio
import inspect
import math
import selectors
from collections.abc import Awaitable, Callable
from typing import Any

from coursekit.check.error_messages import WHERE
from coursekit.check.execution import DAY
from coursekit.core.wording import clean
from coursekit.judge.channel import Channel
from session1.virtual_time import TICK, TURNS, Stuck

POLL = 0.001  # real seconds between looks at a thread that works
AT_ONCE = 1_000  # turns of the learner's loop for which the judge's has nothing to do
AT_WORK = 5_000  # calls that learner code may have waiting at once
ACROSS = 10  # turns that one over the link counts as
LINES = 300  # characters of the lines at which learner code waits


class _Selector(selectors.DefaultSelector):
    """Never blocks by itself: the clock decides what waiting means."""

    def __init__(self) -> None:
        super().__init__()
        self.idle: Callable[[float | None], float] = lambda timeout: 0.0

    def select(self, timeout: float | None = None) -> Any:
        return super().select(self.idle(timeout))


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time is what `now` says, in whole microseconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.threads = 0
        selector = _Selector()
        super().__init__(selector)
        self._clock_resolution = TICK
        selector.idle = self.idle

    def idle(self, timeout: float | None) -> float:
        """Real seconds to wait for what threads do, before the next turn."""
        return 0.0

    def time(self) -> float:
        return self.now

    def move(self, when: float) -> None:
        """Set the clock; it never goes back."""
        self.now = max(self.now, round(when, 6))

    @property
    def ready(self) -> bool:
        """Whether a callback waits to be run."""
        return bool(self._ready)  # type: ignore[attr-defined]

    @property
    def due(self) -> float | None:
        """When the next timer is due."""
        timers = self._scheduled  # type: ignore[attr-defined]
        return min((t.when() for t in timers if not t.cancelled()), default=None)

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Any, *args: Any
    ) -> Any:
        future = super().run_in_executor(executor, func, *args)
        self.threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: Any) -> None:
        self.threads -= 1


class Outcome:
    """The outcome of something awaited on the other side."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        self._waiter: asyncio.Future[None] | None = None
        self.told: Any = None

    def finish(self, told: Any) -> None:
        """Note that it has ended: `told` is its value or error, as sent."""
        self.told = told
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self) -> Any:
        """Wait for the outcome; cancelling asks the other side, and waits too."""
        while self.told is None:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            except asyncio.CancelledError:
                if self.told is not None:
                    raise
                self._cancel()
        return self.told


class JudgeLoop(Clock):
    """The judge's loop; it has begun once learner code takes part."""

    def __init__(self, link: Channel) -> None:
        super().__init__()
        self.link = link
        self.begun, self.last = False, DAY
        self._orders: list[Any] = []
        self._held: list[Any] = []  # what orders speak of, which must not go before
        self._learner: dict[int, Outcome] = {}
        self._tasks: dict[int, asyncio.Task[Any]] = {}
        self._work: dict[int, Awaitable[Any]] = {}  # what no task has begun
        self.its_ready, self._its_threads = False, 0
        self._its_due: float | None = None
        self._quiet: asyncio.Event | None = None
        self._turns = 0  # since the clock moved

    def begin(self, link: Channel) -> None:
        """Start the learner's loop."""
        self.begun = True
        self.pay()
        link.request("begin", quick=True)
        self._keeper = self.create_task(self._keep())

    def pay(self) -> None:
        """Let the time pass that learner code spent waiting outside this loop."""
        self.move(self.now + self.link.owed)
        self.link.owed = 0.0

    async def _keep(self) -> None:
        """When this loop ends, end what still runs on the learner's, cleanup too."""
        try:
            await self.create_future()
        except asyncio.CancelledError:
            self._quiet, self.last = asyncio.Event(), math.inf
            self._orders.append(("stop",))
            async with asyncio.timeout(DAY):
                await self._quiet.wait()
            raise

    def close(self) -> None:
        if self.begun and not self.is_closed() and not self.link.broken:
            self.begun = False
            self.link.request("end", quick=True)
        if not self.is_closed():
            for work in self._work.values():  # of tasks that a broken link kept back
                _leave(work)
        super().close()

    async def learner(self, link: Channel, far: int) -> Any:
        """Run a learner's awaitable to its end."""
        if not self.begun:
            self.begin(link)
        number = next(link.numbers)
        outcome = Outcome(lambda: self._orders.append(("cancel", number)))
        self._learner[number] = outcome
        self._orders.append(("start", number, far))
        try:
            kind, tree = await outcome.wait()
        finally:
            self._learner.pop(number, None)
        if kind == "=":
            return link.handed.keep(f"wait {number}", link.unpack(tree))
        raise link.error(tree)

    def idle(self, timeout: float | None) -> float:
        turn = self.begun and (self.its_ready or self._orders)
        if turn or timeout == 0:
            self._count(self._turn(idle=timeout != 0) if turn else 1)
            return 0.0
        if self.threads or self._its_threads:
            self._turns, self.its_ready = 0, self.begun
            return POLL
        self._jump()
        return 0.0

    def _count(self, turns: int) -> None:
        self._turns += turns
        if self._turns > TURNS:
            self._turns = 0  # what ends the tasks gets as many
            raise self._stuck("tasks poll while no time passes:")

    def _jump(self) -> None:
        """Set the clock to the next timer of either loop."""
        times = [t for t in (self.due, self._its_due) if t is not None]
        when = min(times, default=math.inf)
        if when == math.inf:
            raise self._stuck("all tasks wait, and nothing is left to wake one:")
        if when > self.last:
            self.last = math.inf  # what ends the tasks may wait
            raise self._stuck(f"tasks still wait after {DAY:,.0f} s:")
        if when > self.now:
            self._turns = 0
        self.move(when)
        self.its_ready = self._its_due is not None and self._its_due <= self.now + TICK

    def _stuck(self, why: str) -> Stuck:
        """The error for a run that can never end, with the learner's lines."""
        error = Stuck(why, [])
        if self.begun:
            lines = self.link.request("stuck", quick=True)[0]
            setattr(error, WHERE, clean(str(lines))[:LINES])
        return error

    def _turn(self, idle: bool) -> int:
        """A turn of the learner's loop, and what it asks for; how many it counts as.

        While this one is idle, several.
        """
        most = AT_ONCE if idle else 1
        orders, self._orders = self._orders, []
        held, self._held = self._held, []
        stopping = self._quiet is not None
        (told,) = self.link.request("turn", orders, stopping, most)
        del held
        try:
            events, ready, due, threads, left, made = told
            self.its_ready, self._its_threads = ready is True, int(threads)
            self._its_due = None if due is None else float(due)
            if self._quiet is not None and left == 0:
                self._quiet.set()
            for event in events:
                self._event(*event)
            return max(ACROSS, int(made))
        except (TypeError, ValueError, KeyError) as error:
            raise self.link.tampered("no turn") from error

    def _event(self, what: str, number: int, *rest: Any) -> None:
        if what == "done":
            if number in self._learner:
                self._learner[number].finish((rest[0], rest[1]))
        elif what == "cancel":
            if number in self._tasks:
                self._tasks[number].cancel()
        elif what == "run" and type(number) is int and number not in self._tasks:
            near, args, kwargs = rest
            if len(self._tasks) >= AT_WORK:
                raise self.link.too_much(
                    f"Your code had more than {AT_WORK:,} calls waiting at once. "
                    "Let some end before you start more."
                )
            try:
                work = self.link.given.start(near, args, kwargs, self.link.unpack)
            except (LookupError, TypeError) as error:  # over, or wrong arguments
                self._orders.append(("done", number, "!", self.link.told(error)))
                return
            self._work[number] = work
            task = self._tasks[number] = self.create_task(self._run(number))
            task.add_done_callback(lambda _: self._never_run(number))
        else:
            raise ValueError("no event")

    def _never_run(self, number: int) -> None:
        """Report a task that was cancelled before its first step."""
        if self._tasks.pop(number, None):
            _leave(self._work.pop(number))
            told = self.link.told(asyncio.CancelledError())
            self._orders.append(("done", number, "!", told))

    async def _run(self, number: int) -> None:
        try:
            value = await self._work.pop(number)
            value = self.link.handed.keep(f"near {number}", value)
            told = ("=", self.link.answer(value))
            self._held.append(value)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._held.append(error)
            told = ("!", self.link.told(error))
        finally:
            self._tasks.pop(number, None)
        self._orders.append(("done", number, *told))


def _leave(work: Awaitable[Any]) -> None:
    """Close a call that nothing will await, or Python warns of it."""
    if inspect.iscoroutine(work):
        work.close()


def running() -> JudgeLoop | None:
    """The judge's loop that runs in this thread."""
    loop = asyncio._get_running_loop()
    return loop if isinstance(loop, JudgeLoop) else None
