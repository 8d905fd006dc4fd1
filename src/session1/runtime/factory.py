"""Whoever makes the agents of a pool, called with care."""

import asyncio
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from session1.deadlines import TimeUp, name_of, ordinary

FIRST, LONGEST = 0.05, 5.0  # seconds until a factory that failed is tried again


class FactoryFailed(RuntimeError):
    """The factory of a pool made no agent; the text names it and says why."""


class Factory:
    """Calls `make`, plain or async, which has `seconds` for an agent.

    An error of `make` is raised as it is, with a note that names the factory; anything
    else that is not an agent is FactoryFailed. After failures in a row the next call
    waits before it tries, each time twice as long, up to LONGEST seconds.
    """

    def __init__(self, make: Callable[[], Any], seconds: float) -> None:
        self.name = name_of(make)
        self.seconds = seconds
        self._make = make
        self._failed = 0  # times in a row

    async def __call__(self) -> Any:
        """A new agent."""
        if self._failed:
            await asyncio.sleep(min(FIRST * 2.0 ** (self._failed - 1), LONGEST))
        try:
            agent = await self._made()
        except Exception:
            self._failed = min(self._failed + 1, 10)
            raise
        self._failed = 0
        return agent

    async def _made(self) -> Any:
        scope = asyncio.timeout(self.seconds)
        try:
            async with scope:
                agent = self._make()
                if isawaitable(agent):
                    agent = await agent
        except BaseException as e:
            error = ordinary(e)
            if isinstance(e, TimeoutError) and scope.expired():
                error = TimeUp(f"it made no agent within {self.seconds:g} s")
            if error is not None and error is not e:
                raise FactoryFailed(f"the factory {self.name} failed: {error}") from e
            e.add_note(f"It was raised by {self.name}, the factory of the pool.")
            raise
        if agent is None:
            raise FactoryFailed(
                f"the factory {self.name} returned None; have it return the agent"
            )
        return agent
