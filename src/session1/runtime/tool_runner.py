"""Run a tool where it stalls nobody."""

from collections.abc import Awaitable, Callable
from functools import partial
from inspect import isawaitable
from typing import Any

from session1.runtime.pools import Pools, check_portable, is_async
from session1.tool import Tool

Runner = Callable[..., Awaitable[Any]]


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
