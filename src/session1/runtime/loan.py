"""A loan of an agent, its errors and its counts."""

import logging
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

from session1.deadlines import ordinary

A = TypeVar("A")
log = logging.getLogger(__name__)


class PoolTimeout(TimeoutError):
    """No agent came free in time."""


class PoolClosed(RuntimeError):
    """The pool was closed."""


class PoolFull(RuntimeError):
    """The pool has as many agents as it may have."""


@dataclass(slots=True)
class PoolStats:
    """Agents now, and counts since the pool was made."""

    agents: int = 0
    idle: int = 0
    busy: int = 0
    waiting: int = 0
    peak_busy: int = 0
    acquired: int = 0
    created: int = 0
    replaced: int = 0  # they had become unhealthy
    retired: int = 0  # they had nothing to do
    timeouts: int = 0


class Lender(Protocol[A]):
    """Whoever lends agents."""

    async def acquire(self, timeout: float | None = None) -> A: ...
    def release(self, agent: A) -> None: ...


class Loan(Generic[A]):
    """An agent between `acquire` and `release`."""

    __slots__ = ("_agent", "_manager", "_timeout")

    def __init__(self, manager: Lender[A], timeout: float | None) -> None:
        self._manager = manager
        self._timeout = timeout

    async def __aenter__(self) -> A:
        self._agent = await self._manager.acquire(self._timeout)
        return self._agent

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._manager.release(self._agent)


def own_health(agent: Any) -> Any:
    """Ask the agent for its own verdict, if it has one."""
    check = getattr(agent, "is_healthy", None)
    return True if check is None else check()


def own_end(agent: Any) -> Any:
    """Its own way to end, if it has one."""
    end = getattr(agent, "aclose", None) or getattr(agent, "close", None)
    return end() if end is not None else None


async def ended(ending: Awaitable[Any]) -> None:
    """Wait for the end of an agent."""
    with quietly():
        await ending


@contextmanager
def quietly() -> Iterator[None]:
    """Log what the end of an agent raises: it is gone for us either way."""
    try:
        yield
    except BaseException as e:
        if ordinary(e) is None:
            raise
        log.warning("an agent could not be disposed of", exc_info=True)
