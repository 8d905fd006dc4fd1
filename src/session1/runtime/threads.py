"""Threads for plain functions; calls that do not return hold up no others."""

import asyncio
import inspect
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from functools import partial
from typing import Any

from session1.deadlines import name_of
from session1.forks import heed_forks
from session1.limits import positive_int

_log = logging.getLogger(__name__)
SPARE = 64  # threads that may be stuck before the others become fewer


class AllStuck(RuntimeError):
    """Every thread is held by a call that does not return."""


class _Call:
    """A function to run, and how far that is."""

    __slots__ = ("began", "ended", "future", "left", "name", "run")

    def __init__(self, run: Callable[[], Any], name: str = "") -> None:
        self.run = run
        self.name = name
        self.future: Future[Any] = Future()
        self.began = self.ended = self.left = False

    def __call__(self) -> Any:
        return self.run()


class Threads(Executor):
    """Runs up to `size` plain functions at a time, each on a thread, in their order.

    A thread cannot be stopped. One whose caller has left, cancelled or at a deadline,
    or has waited for more than `patience` seconds, is `stuck` until its function
    returns. Up to `spare` stuck threads are replaced; beyond that fewer run at a time,
    and once all are stuck calls raise AllStuck. None is started before it is needed.
    """

    def __init__(
        self,
        size: int,
        name: str = "plain",
        *,
        spare: int = SPARE,
        patience: float | None = None,
    ) -> None:
        self.size = positive_int("size", size)
        self.spare = spare
        self.patience = patience
        self._name = name
        self.forked()
        heed_forks(self)

    def forked(self) -> None:
        """Begin with no threads; those of a parent run its calls, not ours."""
        self.running = self.stuck = 0
        self._lock = threading.Lock()
        self._waiting: deque[_Call] = deque()
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, function: Callable[..., Any], params: Mapping[str, Any]) -> Any:
        """`function(**params)`, with the caller's context variables."""
        context = copy_context()
        context.run(_current.set, None)  # what it runs in turn has threads of its own
        call = _Call(partial(context.run, called, function, params), name_of(function))
        loop, timer = asyncio.get_running_loop(), None
        outcome = loop.run_in_executor(self, call)  # loops with a clock watch for this
        if self.patience is not None:
            timer = loop.call_later(self.patience, self._leave, call)
        try:
            return await outcome
        finally:
            if timer is not None:
                timer.cancel()
            self._leave(call)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Run here what `on_thread` is asked to run, unless others lend theirs."""
        if _current.get() is not None:
            yield
            return
        token = _current.set(self)
        try:
            yield
        finally:
            with suppress(ValueError):  # closed elsewhere, after its loop had ended
                _current.reset(token)

    def close(self) -> None:
        """Drop what waits and let the threads go, each when its function returns."""
        self.shutdown(wait=False)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """The same, or wait for them."""
        with self._lock:
            dropped, pool = list(self._waiting), self._pool
            self._waiting.clear()
            self._pool = None
        for call in dropped:
            call.future.cancel()
        if pool is not None:
            pool.shutdown(wait)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **params: Any) -> Any:
        """The future of a call, which begins as soon as there is a thread for it."""
        call = fn if isinstance(fn, _Call) else _Call(partial(fn, *args, **params))
        with self._lock:
            if self.stuck >= self.size + self.spare:
                raise AllStuck(
                    f"{self.stuck} calls hold all threads and do not return; give "
                    "what they wait for a timeout of its own"
                )
            self._waiting.append(call)
            self._start()
        return call.future

    def _start(self) -> None:
        """Begin what waits, as far as there are threads; the lock is held."""
        while (call := self._next()) is not None:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.size + self.spare, self._name)
            self._pool.submit(self._work, call)

    def _next(self) -> _Call | None:
        """The call whose turn it is, begun; the lock is held."""
        while self._waiting and self.running + self.stuck < self.size + min(
            self.stuck, self.spare
        ):
            call = self._waiting.popleft()
            if call.future.set_running_or_notify_cancel():
                call.began = True
                self.running += 1
                return call
        return None

    def _work(self, call: _Call | None) -> None:
        """Run `call`, then on the same thread what else is there to be run."""
        while call is not None:
            ended, (value, error) = call, _outcome(call.run)
            with self._lock:
                self.stuck -= ended.left
                self.running -= not ended.left
                ended.ended = True
                call = self._next()
            if error is None:
                ended.future.set_result(value)
            else:
                ended.future.set_exception(error)

    def _leave(self, call: _Call) -> None:
        """Wait no longer for a call: it is over, or stuck, or never to begin."""
        with self._lock:
            if not call.began:
                call.future.cancel()
            elif not call.ended and not call.left:
                call.left = True
                self.running -= 1
                self.stuck += 1
                self._start()
                if self.stuck == self.size:
                    _log.warning(
                        "%d calls of plain functions do not return, last %s: "
                        "give what they wait for a timeout (%d more may hang)",
                        self.stuck,
                        call.name,
                        self.spare,
                    )


_current: ContextVar[Threads | None] = ContextVar("threads", default=None)


async def on_thread(function: Callable[..., Any], params: Mapping[str, Any]) -> Any:
    """`function(**params)` on a thread of whoever lends some, else of the loop."""
    threads = _current.get()
    if threads is not None:
        return await threads.run(function, params)
    return await asyncio.to_thread(called, function, params)


def is_async(run: Callable[..., Any]) -> bool:
    """Whether calling `run` gives something to await rather than doing the work."""
    return inspect.iscoroutinefunction(run) or inspect.iscoroutinefunction(
        getattr(run, "__call__", None)  # noqa: B004 - an object may be the function
    )


def _outcome(run: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return run(), None
    except BaseException as e:
        return None, e


def called(function: Callable[..., Any], params: Mapping[str, Any]) -> Any:
    """`function(**params)`, as a future can report it."""
    try:
        return function(**params)
    except StopIteration as e:
        # A future refuses this one, and its caller would wait for ever.
        raise RuntimeError("the function raised StopIteration") from e
