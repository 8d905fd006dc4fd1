"""The learner's event loop: one turn whenever the judge's loop says so."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from coursekit.check.error_messages import fault
from coursekit.judge.channel import LearnerChannel
from coursekit.judge.judge_loop import Clock, Outcome
from session1.virtual_time import Stuck, _waits


@contextlib.contextmanager
def inside(loop: "LearnerLoop | None") -> Iterator[None]:
    """Let plain functions of learner code find the loop that is theirs."""
    if loop is None or asyncio._get_running_loop() is not None:
        yield
        return
    loop.move(loop.link.now)
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(None)


class LearnerLoop(Clock):
    """Runs learner code's tasks in step with the judge's loop."""

    def __init__(self, link: LearnerChannel) -> None:
        super().__init__()
        self.link = link
        self._events: list[Any] = []
        self._step = self.call_soon(self.stop)
        self._most = 1  # turns that are left
        self._tasks: dict[int, asyncio.Future[Any]] = {}
        self._judge: dict[int, Outcome] = {}

    async def judge(self, near: int, args: Any, kwargs: Any) -> Any:
        """Call an async function of the judge's and return its result."""
        number = next(self.link.numbered)
        outcome = Outcome(lambda: self._events.append(["cancel", number]))
        self._judge[number] = outcome
        self._events.append(["run", number, near, args, kwargs])
        try:
            kind, tree = await outcome.wait()
        finally:
            self._judge.pop(number, None)
        if kind == "=":
            return self.link.handed.keep(f"near {number}", self.link.unpack(tree))
        raise self.link.error(tree)

    def turn(self, orders: list[Any], stopping: bool, most: int) -> list[Any]:
        """Take the judge's orders, run what is ready, and report the results.

        Once, or as often as `most` while that leaves the judge nothing to do.
        """
        asyncio._set_running_loop(None)
        for what, *rest in orders:
            getattr(self, f"_{what}")(*rest)
        self._step.cancel()
        self._most = most
        self._step = self.call_soon(self._next)
        # a task that ends in SystemExit throws it here as well
        with contextlib.suppress(SystemExit, KeyboardInterrupt):
            self.run_forever()
        events, self._events = self._events, []
        left = len(asyncio.all_tasks(self)) if stopping else 0
        made = most - self._most
        return [events, self.ready, self.due, self.threads, left, made]

    def _next(self) -> None:
        """End the turn, or go on to another one."""
        self._most -= 1
        if self._most and self.ready and not self._events:
            self._step = self.call_soon(self._next)
        else:
            self.stop()

    def stuck(self) -> str:
        """The lines at which tasks of learner code wait."""
        return fault(Stuck("", _waits(self)), self.link.names).where

    def _start(self, number: int, ref: int) -> None:
        try:
            task = asyncio.ensure_future(self.link.refs[ref][0], loop=self)
        except Exception as error:
            told = self.link.tell(error)
            self._events.append(["done", number, "!", told])
            return
        self._tasks[number] = task
        task.add_done_callback(lambda done: self._ended(number, done))

    def _ended(self, number: int, task: "asyncio.Future[Any]") -> None:
        del self._tasks[number]
        told: list[Any]
        try:
            value = self.link.handed.keep(f"wait {number}", task.result())
            told = ["=", self.link.pack(value)]
        except BaseException as error:
            told = ["!", self.link.tell(error)]
        self._events.append(["done", number, *told])

    def _cancel(self, number: int) -> None:
        if number in self._tasks:
            self._tasks[number].cancel()

    def _done(self, number: int, *told: Any) -> None:
        if number in self._judge:
            self._judge[number].finish(told)

    def _stop(self) -> None:
        for task in asyncio.all_tasks(self):
            task.cancel()
