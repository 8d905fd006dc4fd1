"""Run a tool where it stalls nobody, and turn every odd end into a plain error."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from inspect import isawaitable
from typing import Any

from session1.runtime.pools import Pools, check_portable, is_async
from session1.tool import Tool

Runner = Callable[[Mapping[str, Any]], Awaitable[Any]]


class ToolError(RuntimeError):
    """A tool ended in a way that would have ended its caller too."""


def runner(tool: Tool, pools: Pools) -> Runner:
    """How to run `tool`: async ones on the loop, others on threads or processes.

    TypeError, with what to do, if it is `cpu_heavy` and no other process can run it.
    """
    if tool.cpu_heavy:
        check_portable(tool.name, tool.run)
        return partial(_isolated, partial(pools.in_process, tool.run))
    if is_async(tool.run):
        return partial(_isolated, lambda params: tool.run(**params))
    return partial(_isolated, partial(_threaded, tool, pools))


async def _isolated(start: Runner, params: Mapping[str, Any]) -> Any:
    """The result; `ToolError` if the tool cancelled itself or asked to exit."""
    task = asyncio.current_task()
    cancelling = task.cancelling() if task else 0
    try:
        return await start(params)
    except asyncio.CancelledError as e:
        if task and task.cancelling() > cancelling:
            raise  # it is the caller who was cancelled
        raise ToolError("the tool cancelled itself") from e
    except SystemExit as e:
        raise ToolError(f"the tool asked to exit with {e.code!r}") from e


async def _threaded(tool: Tool, pools: Pools, params: Mapping[str, Any]) -> Any:
    result = await pools.in_thread(tool.run, params)
    return await result if isawaitable(result) else result
