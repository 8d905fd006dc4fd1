"""Run async code on a clock that jumps: a ten-minute wait takes milliseconds."""

import asyncio
import contextlib
import linecache
import math
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence, Sized
from dataclasses import dataclass
from types import FrameType
from typing import Any, Generic, NoReturn, TypeVar

T = TypeVar("T")
TICK = 1e-6  # virtual seconds told apart
TURNS = 300_000  # of the loop at one instant: a second or two of real time
SHOWN = 3  # lines that an error names


@dataclass(frozen=True, slots=True)
class Timed(Generic[T]):
    """The result of a run and the seconds it took, by its loop's clock."""

    value: T
    seconds: float


class Stuck(RuntimeError):
    """A run that can never end; `waits` has the lines at which its tasks wait.

    One list of frames with their line numbers for each task, the innermost last. Tasks
    that wait for others come first.
    """

    def __init__(self, why: str, waits: list[list[tuple[FrameType, int]]]) -> None:
        lines = Counter(filter(None, map(_line, reversed(waits))))
        told = [f"{line} ({n} tasks)" if n > 1 else line for line, n in lines.items()]
        super().__init__(
            "\n  ".join([why, *told[:SHOWN], *["…"] * (len(told) > SHOWN)])
        )
        self.why, self.waits = why, waits


class LoopThatWaits(asyncio.BaseEventLoop):
    """An event loop that counts the work in threads and processes it waits for.

    That is the work of `asyncio.to_thread`, `run_in_executor` and `wrap_future`.
    """

    outside = 0  # pieces of such work

    def create_future(self) -> "asyncio.Future[Any]":
        """Create a future as on any loop, counted if a thread or process is to end it.

        All that waits for an executor comes from `asyncio.wrap_future`.
        """
        future = super().create_future()
        if sys._getframe(1).f_code is asyncio.wrap_future.__code__:
            self.outside += 1
            future.add_done_callback(self._back)
        return future

    def _back(self, _: object) -> None:
        self.outside -= 1


class VirtualLoop(LoopThatWaits):
    """An event loop whose clock starts at 0 and jumps to the next timer.

    Work in threads and processes takes no time on this clock, unless it lasts longer
    than the wait for the next timer does. What takes real time is refused: sockets,
    subprocesses, models that really run. Raises Stuck where all tasks wait and nothing
    is left to wake one, and where tasks poll while no time passes.
    """

    _ready: Sized  # the base class's own, of which its types say nothing
    _scheduled: Sequence[asyncio.TimerHandle]
    last = math.inf  # virtual second that no wait may pass

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._clock_resolution = TICK
        self._selector = self  # the base class asks it what there is to do
        self._turns = 0  # since the clock moved
        self._woken = threading.Event()
        self.main = "main"  # what runs, for messages
        self.refused: RuntimeError | None = None  # for what took real time
        self.set_exception_handler(_report)

    def time(self) -> float:
        """Virtual seconds since the loop was made, in whole microseconds."""
        return self._now

    def select(self, timeout: float | None) -> tuple[()]:
        """Let time pass until something is ready, for at most `timeout` seconds."""
        if timeout == 0:
            self._count_turn()
        elif self.outside:
            self._wait(timeout)
        else:
            self._jump()
        return ()

    def _count_turn(self) -> None:
        self._turns = 0 if self.outside else self._turns + 1
        if self._turns > TURNS:
            self._turns = 0  # what ends the tasks gets as many
            raise Stuck("tasks poll while no time passes:", _waits(self))

    def _wait(self, timeout: float | None) -> None:
        """Wait for threads, in real time."""
        self._woken.clear()
        if not self._ready and not self._woken.wait(timeout):
            self._jump()

    def _jump(self) -> None:
        """Set the clock to the next timer."""
        timers = self._scheduled
        if timers and self.last < timers[0].when() < math.inf:
            last, self.last = self.last, math.inf  # what ends the tasks may wait
            raise Stuck(f"tasks still wait after {last:,.0f} s:", _waits(self))
        if not timers or math.isinf(timers[0].when()):
            raise Stuck(
                "all tasks wait, and nothing is left to wake one:", _waits(self)
            )
        now = max(self._now, round(timers[0].when(), 6))
        self._turns = self._turns if now == self._now else 0
        self._now = now

    async def shutdown_default_executor(self, *timeout: Any) -> None:
        """As on any loop; a thread of its own waits for the others."""
        self.outside += 1
        await super().shutdown_default_executor(*timeout)
        self._back(None)

    def _process_events(self, events: tuple[()]) -> None:
        """Do nothing: no events come from sockets."""

    def _write_to_self(self) -> None:
        self._woken.set()

    def refuse(self, what: str) -> NoReturn:
        """Raise RuntimeError; the run raises it again where the task goes on."""
        call = f"{self.main}()"
        self.refused = RuntimeError(
            f"{what} takes real time, which this clock cannot skip: use `await {call}` "
            f"in a cell, or `asyncio.run({call})` in a script, instead of "
            f"`run({self.main})`"
        )
        raise self.refused

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        self.refuse("a connection, a signal or another process")


for _name in (
    *("create_connection", "create_datagram_endpoint", "create_server"),
    *("create_unix_connection", "create_unix_server", "connect_accepted_socket"),
    *("sock_accept", "sock_connect", "sock_recv", "sock_recv_into", "sock_recvfrom"),
    *("sock_recvfrom_into", "sock_sendall", "sock_sendto", "add_reader", "add_writer"),
    *("connect_read_pipe", "connect_write_pipe", "subprocess_exec"),
    *("subprocess_shell", "add_signal_handler"),
):
    setattr(VirtualLoop, _name, VirtualLoop._refuse)


def run(
    main: Callable[..., Awaitable[T]],
    *args: Any,
    new_loop: Callable[[], asyncio.AbstractEventLoop] = VirtualLoop,
) -> Timed[T]:
    """Run `main(*args)` on virtual time; works where a loop already runs (notebooks).

    Inside, `asyncio.sleep`, timeouts and `asyncio.get_running_loop().time()` all
    follow the virtual clock, which starts at 0 and moves only while all tasks wait.
    Another loop that keeps such a clock may be given.
    """

    async def timed() -> Timed[T]:
        start = now()
        with _loud(main):
            value = await main(*args)
        return Timed(value, round(now() - start, 9))

    with _set_aside(), asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(timed())


def now() -> float:
    """Seconds on the running loop's clock, virtual or real: a `clock=` for agents."""
    return asyncio.get_running_loop().time()


def needs_real_time(what: str) -> None:
    """Raise RuntimeError where the running loop's clock would run away from `what`."""
    if isinstance(loop := asyncio.get_running_loop(), VirtualLoop):
        loop.refuse(what)


@contextlib.contextmanager
def _loud(main: object) -> Iterator[None]:
    """Raise at the end what a virtual loop has refused, whatever became of that."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        yield
        return
    if (name := getattr(main, "__name__", "")).isidentifier():
        loop.main = name
    try:
        yield
    except Exception as e:
        if loop.refused and e is not loop.refused:
            raise loop.refused from e
        raise
    if loop.refused:
        raise loop.refused


@contextlib.contextmanager
def _set_aside() -> Iterator[None]:
    """Let another loop run in this thread, inside a callback of the one that runs."""
    outer = asyncio._get_running_loop()
    task = asyncio.current_task(outer) if outer else None
    if outer and task:
        asyncio.tasks._leave_task(outer, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        if outer and task:
            asyncio.tasks._enter_task(outer, task)


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report as usual, but not that what was left at a run's end was cancelled."""
    left = isinstance(context.get("exception"), asyncio.CancelledError)
    if not (left and loop.is_closed()):
        loop.default_exception_handler(context)


def _waits(loop: asyncio.AbstractEventLoop) -> list[list[tuple[FrameType, int]]]:
    """Where each task waits, those that wait for others first."""
    others = (asyncio.Task, asyncio.tasks._GatheringFuture)  # type: ignore[attr-defined]

    def alone(task: "asyncio.Task[Any]") -> bool:
        return not isinstance(getattr(task, "_fut_waiter", None), others)

    tasks = sorted(asyncio.all_tasks(loop), key=alone)
    return [list(_frames(task.get_coro())) for task in tasks]


def _frames(call: Any) -> Iterator[tuple[FrameType, int]]:
    """The frames of a coroutine that waits and of those it awaits."""
    while call is not None:
        for frame, awaited in (
            ("cr_frame", "cr_await"),
            ("gi_frame", "gi_yieldfrom"),
            ("ag_frame", "ag_await"),
        ):
            if (found := getattr(call, frame, None)) is not None:
                yield found, found.f_lineno
                call = getattr(call, awaited)
                break
        else:
            return


def _line(frames: list[tuple[FrameType, int]]) -> str:
    """The innermost line outside of asyncio, in words."""
    for frame, line in reversed(frames):
        if not frame.f_globals.get("__name__", "").startswith("asyncio."):
            code = frame.f_code
            source = linecache.getline(code.co_filename, line).strip()
            return f"{code.co_name}, line {line}: {source}".rstrip(": ")
    return ""
