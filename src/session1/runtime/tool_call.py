"""Run one tool call that missed the cache, under a deadline, and count its end once."""

from collections.abc import Awaitable, Callable
from functools import partial
from inspect import isawaitable
from typing import Any

from session1.deadlines import TimeUp
from session1.monitoring.tool_stats import ToolStats
from session1.runtime.batch import GiveUp
from session1.runtime.pools import Pools, check_portable
from session1.runtime.threads import is_async
from session1.runtime.watchdog import Watch, Watchdog
from session1.tool import Tool

Runner = Callable[..., Awaitable[Any]]


class Call(Watch):
    """A watch that counts in `stats` how the call ends that `began` then.

    `release(error)` frees the caller of a tool that ignores its cancellation. Set
    `runs` where the call itself runs the tool, so that both take one time.
    """

    __slots__ = ("_began", "_clock", "_counted", "_stats", "runs")

    def __init__(
        self,
        dog: Watchdog,
        stats: ToolStats,
        clock: Callable[[], float],
        began: float,
        release: GiveUp | None,
    ) -> None:
        Watch.__init__(self, dog, release)  # super() takes as long again
        self._stats = stats
        self._clock = clock
        self._began = began
        self._counted = False
        self.runs = False

    def ended(self, error: BaseException | None) -> None:
        """Count the end, the first one if there are two."""
        if not self._counted:
            self._counted = True
            self._stats.ended(self._clock() - self._began, error, self.runs)

    def give_up(self) -> None:
        """Count the call as timed out and release who waits; it will not end itself."""
        error = TimeUp("no answer, and the tool ignores that it is cancelled")
        self.ended(error)
        if self._give_up is not None:
            self._give_up(error)


def runner(tool: Tool, pools: Pools) -> Runner:
    """How to run `tool`: async ones on the loop, others on threads or processes.

    TypeError, with what to do, if it is `cpu_heavy` and no other process can run it.
    """
    if tool.cpu_heavy:
        check_portable(tool.name, tool.run)
        return partial(_heavy, tool, pools)
    if is_async(tool.run):
        return tool.run
    return partial(_blocking, tool, pools)


async def _heavy(tool: Tool, pools: Pools, /, **params: Any) -> Any:
    return await pools.in_process(tool.run, params)


async def _blocking(tool: Tool, pools: Pools, /, **params: Any) -> Any:
    result = await pools.in_thread(tool.run, params)
    return await result if isawaitable(result) else result
