"""Run async code on a clock that jumps: a ten-minute wait takes milliseconds."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import looptime

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timed(Generic[T]):
    """What a run returned and the seconds it took, by its loop's clock."""

    value: T
    seconds: float


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop whose clock starts at 0 and jumps."""
    loop: asyncio.AbstractEventLoop = looptime.new_event_loop(start=0)
    loop.set_exception_handler(_complain)
    return loop


def _complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report as usual, but not that what was left at a run's end was cancelled."""
    left = isinstance(context.get("exception"), asyncio.CancelledError)
    if not (left and loop.is_closed()):
        loop.default_exception_handler(context)


def run(
    main: Callable[..., Awaitable[T]],
    *args: Any,
    new_loop: Callable[[], asyncio.AbstractEventLoop] = new_loop,
) -> Timed[T]:
    """Run `main(*args)` on virtual time; works where a loop already runs (notebooks).

    Inside, `asyncio.sleep`, timeouts and `asyncio.get_running_loop().time()` all
    follow the virtual clock, which starts at 0 and moves only while all tasks wait.
    Another loop that keeps such a clock may be given.
    """
    outcome: list[Timed[T]] = []
    error: list[BaseException] = []

    async def timed() -> Timed[T]:
        start = now()
        value = await main(*args)
        return Timed(value, round(now() - start, 9))

    def work() -> None:
        try:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                outcome.append(runner.run(timed()))
        except BaseException as e:
            error.append(e)

    thread = threading.Thread(target=work, name="virtual-time")
    thread.start()
    thread.join()
    if error:
        raise error[0]
    return outcome[0]


def now() -> float:
    """Seconds on the running loop's clock, virtual or real: a `clock=` for agents."""
    return asyncio.get_running_loop().time()
