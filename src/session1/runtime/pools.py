"""Run plain functions beside the event loop: on threads, or on other processes."""

import asyncio
import inspect
import multiprocessing
import os
import pickle
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from session1.runtime.threads import Threads, called


def is_async(run: Callable[..., Any]) -> bool:
    """Whether calling `run` gives something to await rather than doing the work."""
    return inspect.iscoroutinefunction(run) or inspect.iscoroutinefunction(
        getattr(run, "__call__", None)  # noqa: B004 - an object may be the function
    )


def check_portable(name: str, run: Callable[..., Any]) -> None:
    """TypeError unless another process can import `run`."""
    advice = (
        f"tool {name!r} is cpu_heavy and so runs in another process, which must be "
        "able to import its function: define it with def at the top of a .py file, "
        "or leave cpu_heavy out to run it on a thread"
    )
    if is_async(run):
        raise TypeError(f"{advice}. An async function cannot be cpu_heavy")
    try:
        pickle.dumps(run)
    except Exception as e:
        raise TypeError(f"{advice} ({e})") from e
    main = sys.modules["__main__"]
    if getattr(run, "__module__", "") == "__main__" and not hasattr(main, "__file__"):
        raise TypeError(f"{advice}. A notebook's own functions cannot be imported")


class Pools:
    """A pool of threads for functions that wait, one of processes for those that count.

    Neither starts before its first use. A call that is cancelled frees its caller at
    once; a thread or process cannot be stopped and stays busy until the call returns.
    A thread that is busy for more than `patience` seconds is replaced, see `Threads`.
    """

    def __init__(
        self,
        threads: int = 4,
        processes: int | None = None,
        *,
        patience: float | None = None,
    ) -> None:
        self.threads = threads
        self.processes = processes or min(4, os.cpu_count() or 1)
        self._threads = Threads(threads, "tool", patience=patience)
        self._processes: ProcessPoolExecutor | None = None

    async def in_thread(
        self, run: Callable[..., Any], params: Mapping[str, Any]
    ) -> Any:
        """`run(**params)` on a thread, with the caller's context variables."""
        return await self._threads.run(run, params)

    @property
    def stuck(self) -> int:
        """Threads that are busy although they were given up."""
        return self._threads.stuck

    async def in_process(
        self, run: Callable[..., Any], params: Mapping[str, Any]
    ) -> Any:
        """`run(**params)` in another process; parameters and result are pickled."""
        if self._processes is None:
            # Not a fork: the threads of a model in this process would not survive it.
            kinds = multiprocessing.get_all_start_methods()
            kind = "forkserver" if "forkserver" in kinds else "spawn"
            context = multiprocessing.get_context(kind)
            self._processes = ProcessPoolExecutor(self.processes, context)
        pool = self._processes
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(pool, called, run, dict(params))
        except BrokenProcessPool as e:
            if self._processes is pool:
                self._processes = None  # the next call starts a new one
            raise RuntimeError("the process that ran the tool died") from e

    def close(self) -> None:
        """Let go of both pools; what runs is left to end, what waits is dropped."""
        self._threads.close()
        if self._processes is not None:
            self._processes.shutdown(wait=False, cancel_futures=True)
        self._processes = None
