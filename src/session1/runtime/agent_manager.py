"""A pool of agents: warm before the first request, and never more than there may be."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from session1.deadlines import ordinary
from session1.limits import function, positive, positive_int
from session1.named import named
from session1.runtime.loan import (
    Factory,
    FactoryFailed,
    Loan,
    PoolClosed,
    PoolFull,
    PoolStats,
    PoolTimeout,
    Slot,
    Slots,
    ended,
    own_end,
    own_health,
    quietly,
)
from session1.runtime.task import Answers, Task
from session1.runtime.threads import Threads

A = TypeVar("A")
MAKING = 10  # times the pool's timeout, until a factory is given up
log = logging.getLogger(__name__)

if not TYPE_CHECKING:  # a checker would take any name to be here
    __getattr__ = named(
        __name__,
        Agent="session1.base_agent.BaseAgent(name, description, llm_client): what it "
        "can do its model decides, so it has neither role nor capabilities",
    )


class AgentManager(Generic[A]):
    """Lends agents to whoever needs one: `async with manager.agent() as agent`.

    Agents are registered, or made by `factory` (plain or async) as they are needed, up
    to `max_agents`; `enable_warmup` makes `min_idle_agents` when it is entered.
    A failure of the factory is the error of one who waits, see `Factory`; it is given
    up after ten times `pool_timeout`. Agents above `min_idle_agents` that had nothing
    to do for `idle_seconds` are let go. `healthy` is asked before an agent is lent (by
    default its own `is_healthy`, if it has one), and if it raises it says no; `dispose`
    gets those that go (by default their `aclose` or `close`). `clock` times idleness.
    """

    def __init__(
        self,
        max_agents: int = 50,
        min_idle_agents: int = 5,
        pool_timeout: float = 30,
        enable_warmup: bool = True,
        *,
        factory: Callable[[], Any] | None = None,
        healthy: Callable[[A], Any] | None = None,
        dispose: Callable[[A], Any] | None = None,
        idle_seconds: float = 300,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_agents = positive_int("max_agents", max_agents)
        if isinstance(min_idle_agents, bool) or not isinstance(min_idle_agents, int):
            raise TypeError(f"min_idle_agents must be an int, got {min_idle_agents!r}")
        if not 0 <= min_idle_agents <= max_agents:
            raise ValueError(
                f"min_idle_agents is {min_idle_agents}; it has to lie between 0 and "
                f"max_agents, which is {max_agents}"
            )
        self.min_idle_agents = min_idle_agents
        self.pool_timeout = positive("pool_timeout", pool_timeout)
        self.enable_warmup = enable_warmup
        self.idle_seconds = positive("idle_seconds", idle_seconds)
        seconds = MAKING * pool_timeout
        self._factory = (
            None if factory is None else Factory(function("factory", factory), seconds)
        )
        self._healthy = healthy or own_health
        self._dispose = dispose or own_end
        self._clock = clock
        self._slots: Slots[A] = Slots(max_agents)
        self._threads = Threads(max_agents)  # for plain functions of tasks
        self._growing: list[float] = []  # since when agents are made for who waits
        self._busy: dict[int, Slot[A]] = {}  # by the identity of the agent
        self._stats = PoolStats()
        self._errands: set[asyncio.Task[Any]] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._all_back: asyncio.Event | None = None
        self._closed = False

    def register_agent(self, agent: A) -> None:
        """Add an agent of yours, idle; PoolFull if there are enough."""
        self._check_open()
        self._check_new(agent)
        if not self._slots.free:
            raise PoolFull(
                f"the pool has its {self.max_agents} agents; raise max_agents for more"
            )
        self._slots.used += 1
        self._put(Slot(agent))

    async def warm_up(self) -> int:
        """Make agents until `min_idle_agents` are idle; how many were made.

        An error of the factory comes out here, when all have been tried.
        """
        if self._factory is None:
            return 0
        missing = self.min_idle_agents - len(self._slots.idle)
        count = max(0, min(missing, self._slots.free))
        self._slots.used += count
        made = [self._errand(self._make()) for _ in range(count)]
        for outcome in await asyncio.gather(*made, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        return count

    async def acquire(self, timeout: float | None = None) -> A:
        """An agent for you alone, until `release`; first come, first served.

        PoolTimeout after `timeout` seconds (`pool_timeout` if not given), which covers
        the wait, the check of its health and, if need be, the making of a new one.
        """
        self._check_open()
        seconds = self.pool_timeout
        if timeout is not None:
            seconds = positive("timeout", timeout)
        idle = self._slots.idle  # if there are any, nobody waits
        slot = idle.pop() if idle else None
        verdict = slot is not None and self._ask(slot)
        if slot is not None and verdict is True:  # the usual case needs no timer
            return self._lend(slot)
        scope = asyncio.timeout(seconds)
        try:
            async with scope:
                return await self._find(slot, verdict)
        except TimeoutError as e:
            if not scope.expired():
                raise
            self._stats.timeouts += 1
            raise PoolTimeout(self._why(seconds, e.__cause__)) from e

    def release(self, agent: A) -> None:
        """Give an agent back; ValueError if it is not lent."""
        slot = self._busy.pop(id(agent), None)
        if slot is None:
            raise ValueError(f"{agent!r} is not lent; was it given back before?")
        if not self._closed:
            self._put(slot)
            return
        self._remove(slot)
        if not self._busy and self._all_back is not None:
            self._all_back.set()

    def agent(self, timeout: float | None = None) -> Loan[A]:
        """An agent for the time of an `async with`."""
        return Loan(self, timeout)

    async def execute_task_async(self, task: Task) -> Any:
        """Have an agent of the pool do the task."""
        async with self.agent() as agent:
            with self._threads.lent():
                return await task.execute(cast(Answers, agent))

    def tend(self) -> int:
        """Let go of agents that are too many and idle for too long; how many."""
        gone, idle = 0, self._slots.idle
        long_ago = self._clock() - self.idle_seconds
        while len(idle) > self.min_idle_agents and idle[0].since <= long_ago:
            self._remove(idle.popleft())
            gone += 1
        self._stats.retired += gone
        return gone

    def stats(self) -> PoolStats:
        """Agents and counts, as they are now."""
        return replace(
            self._stats,
            agents=self._slots.used,
            idle=len(self._slots.idle),
            busy=len(self._busy),
            waiting=self._slots.waiting,
        )

    async def close(self, timeout: float = 10.0) -> list[A]:
        """Lend no more, wait for those lent, let all go; which did not come back.

        Those lent have `timeout` seconds, then those that are made or end as many.
        """
        self._closed = True
        while self._slots.fail(PoolClosed("the pool was closed")):
            pass
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
        if self._busy:
            self._all_back = asyncio.Event()
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._all_back.wait()
        while self._slots.idle:
            self._remove(self._slots.idle.popleft())
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self._errands:
                    await asyncio.wait(self._errands)
        for errand in self._errands:  # a factory or an end that hangs
            errand.cancel()
        return [slot.item for slot in self._busy.values()]

    async def __aenter__(self) -> Self:
        self._check_open()
        if self.enable_warmup:
            try:
                await self.warm_up()
            except BaseException:
                await self.close()  # those that could be made
                raise
        self._keeper = asyncio.get_running_loop().create_task(self._keep())
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise PoolClosed("the pool is closed; make another")

    def _check_new(self, agent: A) -> None:
        idle = any(slot.item is agent for slot in self._slots.idle)
        if idle or id(agent) in self._busy:
            raise ValueError(f"{agent!r} is in the pool already")

    async def _find(self, slot: Slot[A] | None, verdict: Any) -> A:
        """A healthy agent, `slot`'s if the verdict on it turns out well."""
        first = False
        while True:
            if slot is None:
                idle = self._slots.idle  # if there are any, nobody waits
                slot = idle.pop() if idle else await self._wait(first)
                verdict = slot.fresh or self._ask(slot)
            if await self._heard(slot, verdict):
                return self._lend(slot)
            self._stats.replaced += 1
            self._remove(slot)
            slot, first = None, True

    async def _wait(self, first: bool) -> Slot[A]:
        waiting = self._slots.wait(first)
        self._grow(1)
        return await waiting

    def _ask(self, slot: Slot[A]) -> Any:
        """Return the verdict of the health check, or an awaitable of it."""
        try:
            return self._healthy(slot.item)
        except BaseException as e:
            return self._unhealthy(slot, e)

    async def _heard(self, slot: Slot[A], verdict: Any) -> bool:
        """The verdict when it is there; the agent goes back if nobody waits for it."""
        try:
            return bool(await verdict if isawaitable(verdict) else verdict)
        except BaseException as e:
            return self._unhealthy(slot, e)

    def _unhealthy(self, slot: Slot[A], error: BaseException) -> bool:
        """A check that failed says no, unless it was the caller who was cancelled."""
        if ordinary(error) is None:
            error.add_note("a check of an agent's health gives no answer")
            self._put(slot, last=True)
            raise error
        return False

    def _lend(self, slot: Slot[A]) -> A:
        self._busy[id(slot.item)] = slot
        self._stats.acquired += 1
        self._stats.peak_busy = max(self._stats.peak_busy, len(self._busy))
        return slot.item

    def _put(self, slot: Slot[A], last: bool = False) -> None:
        if self._closed:
            self._remove(slot)
        else:
            slot.since = self._clock()
            self._slots.put(slot, last)

    def _remove(self, slot: Slot[A]) -> None:
        """Let an agent go, and make another if somebody waits for its place."""
        self._slots.used -= 1
        try:
            with quietly():
                ending = self._dispose(slot.item)
                if isawaitable(ending):
                    self._errand(ended(ending))
        finally:
            self._grow()

    def _grow(self, more: int = 0) -> None:
        """Make agents for those who wait, as far as there may be more."""
        wanted = self._slots.waiting + more
        if self._factory is None or self._closed or not wanted:
            return
        now = asyncio.get_running_loop().time()
        # whoever one was begun for that takes so long has left
        wanted -= sum(now - since < self.pool_timeout for since in self._growing)
        for _ in range(min(wanted, self._slots.free)):
            self._slots.used += 1
            self._growing.append(now)
            self._errand(self._make_for_waiter(now))

    async def _make_for_waiter(self, since: float) -> None:
        try:
            await self._make()
        except Exception as e:
            self._slots.fail(e)
        except BaseException:
            self._slots.fail(FactoryFailed("somebody cancelled its making"))
            raise
        finally:
            self._growing.remove(since)
            self._grow()

    async def _make(self) -> None:
        """Fill a place that is counted already."""
        assert self._factory is not None
        try:
            agent = await self._factory()
            self._check_new(agent)
        except BaseException:
            self._slots.used -= 1
            raise
        self._stats.created += 1
        self._put(Slot(agent, fresh=True))

    def _errand(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
        return task

    async def _keep(self) -> None:
        """Look after the idle ones from time to time."""
        while True:
            await asyncio.sleep(self.idle_seconds / 4)
            self.tend()
            if self.enable_warmup:
                try:
                    await self.warm_up()
                except Exception:
                    log.warning("no agent could be made in advance", exc_info=True)

    def _why(self, seconds: float, cause: BaseException | None) -> str:
        there = f"{len(self._busy)} of {self.max_agents} agents are lent"
        if not self._slots.used and self._factory is None:
            there = "none was registered and there is no factory to make one"
        if self._growing and self._factory is not None:
            there += f", {self._factory.name} is still making {len(self._growing)}"
        if self._stats.replaced:
            there += f", {self._stats.replaced} so far were not healthy"
        there = ", ".join([there, *getattr(cause, "__notes__", ())])
        return f"no agent within {seconds:g} s: {there}"
