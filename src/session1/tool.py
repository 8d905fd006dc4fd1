"""A tool: a named function an agent may call."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tool:
    """A named function, sync or async, and what the caller may assume of it.

    `cacheable` says that equal parameters give equal results and nothing else
    happens; it is off by default because a wrong "yes" serves wrong answers.
    `cpu_heavy` says that the function computes rather than waits.
    """

    name: str
    description: str
    run: Callable[..., Any]
    cacheable: bool = False
    cpu_heavy: bool = False

    async def execute(self, params: Mapping[str, Any]) -> Any:
        """Call the function with `params` as keywords, awaiting what it returns."""
        result = self.run(**params)
        return await result if inspect.isawaitable(result) else result
