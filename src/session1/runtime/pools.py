"""Run plain functions beside the event loop: on threads, or on other processes."""

import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any

from session1.runtime.cpu_worker import pack
from session1.runtime.processes import Processes
from session1.runtime.threads import Threads


def is_async(run: Callable[..., Any]) -> bool:
    """Whether calling `run` gives something to await rather than doing the work."""
    return inspect.iscoroutinefunction(run) or inspect.iscoroutinefunction(
        getattr(run, "__call__", None)  # noqa: B004 - an object may be the function
    )


def check_portable(name: str, run: Callable[..., Any]) -> None:
    """TypeError unless `run` can go to another process."""
    advice = (
        f"tool {name!r} is cpu_heavy and so runs in another process, to which its "
        "function has to go: open files, locks and connections inside it, or leave "
        "cpu_heavy out to run it on a thread"
    )
    if is_async(run):
        raise TypeError(f"{advice}. An async function cannot be cpu_heavy")
    try:
        pack(run, [])
    except TypeError as e:
        raise TypeError(f"{advice} ({e})") from e


class Pools:
    """A pool of threads for functions that wait, one of processes for those that count.

    Neither starts before its first use. A call that is cancelled frees its caller at
    once, and its process; a thread cannot be stopped and stays busy until the call
    returns. One that is busy for more than `patience` seconds is replaced (`Threads`).
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
        self._processes = Processes(self.processes)

    async def in_thread(
        self, run: Callable[..., Any], params: Mapping[str, Any]
    ) -> Any:
        """`run(**params)` on a thread, with the caller's context variables."""
        return await self._threads.run(run, params)

    @property
    def stuck(self) -> int:
        """Threads that are busy although they were given up."""
        return self._threads.stuck

    def hint(self) -> str:
        """What to add to the error of a call that came too late; mostly nothing."""
        if not self.stuck:
            return ""
        most = self._threads.size + self._threads.spare
        return (
            f"; calls that do not return hold {self.stuck} of at most {most} threads: "
            "give what they wait for a timeout of its own"
        )

    async def in_process(
        self, run: Callable[..., Any], params: Mapping[str, Any]
    ) -> Any:
        """`run(**params)` in another process; parameters and result are pickled."""
        return await self._processes.run(run, params)

    def close(self) -> None:
        """Let go of both pools; what runs is left to end, what waits is dropped."""
        self._threads.close()
        self._processes.close()
