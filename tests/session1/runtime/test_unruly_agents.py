"""Factories, health checks and ends of agents that do what they should not."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from session1 import virtual_time
from session1.runtime.agent_manager import AgentManager
from session1.runtime.loan import LONGEST, FactoryFailed, PoolTimeout
from session1.virtual_time import now


class Agent:
    """Nothing but an agent."""


class Strange(BaseException):
    """Neither an Exception nor one of Python's own."""


def run(main: Callable[[], Any]) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(1e5):  # a stuck waiter fails, and at once
            return await main()

    return virtual_time.run(bounded).value


def raising(error: BaseException, kind: str, calls: list[float]) -> Any:
    """A factory, check or end that raises, at once or when it is awaited."""

    def plain(*_: object) -> Any:
        calls.append(now())
        raise error

    async def later(*_: object) -> Any:
        calls.append(now())
        await asyncio.sleep(0)
        raise error

    return {"plain": plain, "async": later}[kind]


OWN = [ValueError("broken"), TimeoutError("late"), ConnectionError("down")]
UNRULY = [
    asyncio.CancelledError(),
    asyncio.CancelledError("why"),
    SystemExit(3),
    Strange("odd"),
]


async def uncancelled(pool: AgentManager[Any]) -> Exception:
    """The error of `acquire`, whose caller must be as it was."""
    task = asyncio.current_task()
    assert task is not None
    try:
        await pool.acquire()
    except Exception as e:
        assert task.cancelling() == 0
        return e
    raise AssertionError("an agent was lent")


@pytest.mark.parametrize("kind", ["plain", "async"])
@pytest.mark.parametrize("error", OWN + UNRULY, ids=repr)
def test_a_factory_that_raises_is_named_and_called_once_for_each_who_waits(
    error: BaseException, kind: str
) -> None:
    calls: list[float] = []
    factory = raising(error, kind, calls)

    async def main() -> Any:
        pool: AgentManager[Any] = AgentManager(2, 0, factory=factory)
        errors = await asyncio.gather(*(uncancelled(pool) for _ in range(5)))
        await asyncio.sleep(1000)
        return errors, pool.stats()

    errors, stats = run(main)
    assert len(calls) == 5
    assert (stats.agents, stats.created, stats.waiting) == (0, 0, 0)
    for raised in errors:
        if error in OWN:
            assert raised is error
            said = " ".join(raised.__notes__)
        else:
            assert isinstance(raised, FactoryFailed)
            said = str(raised)
        assert factory.__qualname__ in said


@pytest.mark.parametrize("error", OWN + UNRULY, ids=repr)
def test_a_warm_up_that_fails_cancels_nobody(error: BaseException) -> None:
    factory = raising(error, "async", [])

    async def main() -> None:
        pool: AgentManager[Any] = AgentManager(3, 3, factory=factory)
        with pytest.raises(type(error) if error in OWN else FactoryFailed):
            await pool.warm_up()
        with pytest.raises(type(error) if error in OWN else FactoryFailed):
            async with pool:
                pass
        assert pool.stats().agents == 0

    run(main)


def test_a_failing_factory_is_tried_less_and_less_often() -> None:
    calls: list[float] = []
    factory = raising(asyncio.CancelledError(), "plain", calls)

    async def main() -> None:
        pool: AgentManager[Any] = AgentManager(1, 0, factory=factory)
        for _ in range(20):
            await uncancelled(pool)

    run(main)
    pauses = [round(b - a, 3) for a, b in pairwise(calls)]
    assert pauses == sorted(pauses) and pauses[0] < 0.1
    assert pauses[-1] == LONGEST


def test_it_is_tried_at_once_when_it_has_worked_again() -> None:
    bad = [True, True]

    def factory() -> Agent:
        if bad and bad.pop():
            raise OSError("not yet")
        return Agent()

    async def main() -> float:
        pool: AgentManager[Any] = AgentManager(5, 0, factory=factory)
        await uncancelled(pool)
        await uncancelled(pool)
        await pool.acquire()
        begin = now()
        await pool.acquire()
        return now() - begin

    assert run(main) == 0


def test_a_factory_that_returns_nothing_is_named() -> None:
    def forgets() -> None:
        Agent()

    async def forgets_later() -> None:
        Agent()

    async def main() -> list[str]:
        return [
            str(await uncancelled(AgentManager(1, 0, factory=factory)))
            for factory in (forgets, forgets_later)
        ]

    for said in run(main):
        assert "forgets" in said and "returned None" in said


def test_a_factory_that_hangs_is_named_and_gives_its_place_back() -> None:
    hanging = [True, True]

    async def slow() -> Agent:
        if hanging and hanging.pop():
            await asyncio.sleep(1e9)
        return Agent()

    async def main() -> None:
        pool: AgentManager[Any] = AgentManager(2, 0, 1.0, factory=slow)
        for _ in range(3):
            with pytest.raises(PoolTimeout, match="slow is still making"):
                await pool.acquire()
        await asyncio.sleep(11)
        assert isinstance(await pool.acquire(), Agent)

    run(main)


def test_a_factory_whose_errand_is_cancelled_costs_one_who_waits() -> None:
    async def slow() -> Agent:
        await asyncio.sleep(5)
        return Agent()

    async def main() -> None:
        pool: AgentManager[Any] = AgentManager(1, 0, factory=slow)
        waiting = asyncio.create_task(uncancelled(pool))
        await asyncio.sleep(1)
        for errand in pool._errands:
            errand.cancel()
        assert "cancelled" in str(await waiting)
        assert isinstance(await pool.acquire(), Agent)

    run(main)


@pytest.mark.parametrize("kind", ["plain", "async"])
@pytest.mark.parametrize("error", OWN + UNRULY, ids=repr)
def test_a_check_that_raises_says_no_and_cancels_nobody(
    error: BaseException, kind: str
) -> None:
    calls: list[float] = []

    async def main() -> Any:
        pool: AgentManager[Any] = AgentManager(
            2, 0, factory=Agent, healthy=raising(error, kind, calls)
        )
        ill = Agent()
        pool.register_agent(ill)
        task = asyncio.current_task()
        assert task is not None
        well = await pool.acquire()
        assert task.cancelling() == 0 and well is not ill
        return pool.stats()

    stats = run(main)
    assert (stats.replaced, stats.agents, stats.busy) == (1, 1, 1)
    assert len(calls) == 1


class NoTruth:
    """Neither true nor false."""

    def __bool__(self) -> bool:
        raise ValueError("ambiguous")


@pytest.mark.parametrize("verdict", [None, 0, "", [], NoTruth()])
def test_a_check_that_answers_nonsense_says_no(verdict: Any) -> None:
    async def main() -> Any:
        pool: AgentManager[Any] = AgentManager(1, 0, 5.0, healthy=lambda _: verdict)
        pool.register_agent(Agent())
        with pytest.raises(PoolTimeout, match="1 so far were not healthy"):
            await pool.acquire()
        return pool.stats().agents

    assert run(main) == 0


def test_a_check_that_hangs_is_reported_and_the_other_agents_are_lent() -> None:
    sick, well = Agent(), Agent()

    async def healthy(agent: Agent) -> bool:
        if agent is sick:
            await asyncio.sleep(1e9)
        return True

    async def main() -> Any:
        pool: AgentManager[Any] = AgentManager(2, 0, 1.0, healthy=healthy)
        pool.register_agent(well)
        pool.register_agent(sick)
        with pytest.raises(PoolTimeout, match="check of an agent's health"):
            await pool.acquire()
        return await pool.acquire() is well, pool.stats().agents

    assert run(main) == (True, 2)


def test_a_caller_that_is_cancelled_in_a_check_leaves_the_agent_there() -> None:
    async def healthy(agent: Agent) -> bool:
        await asyncio.sleep(10)
        return True

    async def main() -> Any:
        pool: AgentManager[Any] = AgentManager(1, 0, healthy=healthy)
        pool.register_agent(Agent())
        caller = asyncio.create_task(pool.acquire())
        await asyncio.sleep(1)
        caller.cancel()
        await asyncio.wait([caller])
        return caller.cancelled(), pool.stats().idle

    assert run(main) == (True, 1)


@pytest.mark.parametrize("kind", ["plain", "async"])
@pytest.mark.parametrize("error", OWN + UNRULY, ids=repr)
def test_an_end_that_raises_hurts_nobody(error: BaseException, kind: str) -> None:
    async def main() -> Any:
        pool: AgentManager[Any] = AgentManager(
            1,
            0,
            factory=Agent,
            dispose=raising(error, kind, []),
            idle_seconds=1,
            clock=now,
        )
        async with pool.agent():
            pass
        await asyncio.sleep(2)
        assert pool.tend() == 1
        async with pool.agent():
            pass
        await pool.close()
        return pool.stats().agents

    assert run(main) == 0
