"""AgentManager: warm, bounded, fair, healthy, and no place lost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from session1 import virtual_time
from session1.fast_response_agent import FastResponseAgent
from session1.llm.simulated import SimulatedLLM
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.optimized_tools import OptimizedToolAgent
from session1.runtime.agent_manager import AgentManager
from session1.runtime.batches import batch_execute, execute_tasks_concurrently
from session1.runtime.loan import PoolClosed, PoolFull, PoolTimeout
from session1.runtime.task import Task
from session1.virtual_time import now


def run(main: Callable[[], Awaitable[Any]]) -> Any:
    return virtual_time.run(main).value


class Agent:
    """An agent that takes time to make and may fall ill."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.well = True
        self.closed = False

    def is_healthy(self) -> bool:
        return self.well

    async def aclose(self) -> None:
        self.closed = True


class Maker:
    """A factory that takes `seconds`; its errors come first."""

    def __init__(self, seconds: float = 1.0, errors: int = 0) -> None:
        self.seconds = seconds
        self.errors = errors
        self.made: list[Agent] = []

    async def __call__(self) -> Agent:
        await asyncio.sleep(self.seconds)
        if self.errors:
            self.errors -= 1
            raise ConnectionError("no agent today")
        self.made.append(Agent(len(self.made)))
        return self.made[-1]


def manager(
    most: int = 2, idle: int = 0, timeout: float = 30, **options: Any
) -> AgentManager[Agent]:
    options = {"factory": Maker(), "clock": now} | options
    return AgentManager(most, idle, timeout, **options)


def test_a_warm_pool_serves_at_once() -> None:
    async def main(warm: bool) -> float:
        async with manager(5, 3, enable_warmup=warm) as pool:
            begin = now()
            async with pool.agent():
                return now() - begin

    assert virtual_time.run(main, True).value == 0
    assert virtual_time.run(main, False).value == 1


def test_warming_up_makes_them_side_by_side() -> None:
    async def main() -> tuple[float, int, int]:
        pool = manager(10, 7)
        made = await pool.warm_up()
        assert await pool.warm_up() == 0
        return now(), made, pool.stats().idle

    assert run(main) == (1, 7, 7)


def test_registered_agents_as_in_the_guide() -> None:
    pool: AgentManager[Agent] = AgentManager(
        max_agents=3, min_idle_agents=2, pool_timeout=30, enable_warmup=True
    )
    for i in range(pool.min_idle_agents):
        pool.register_agent(Agent(i))
    first = pool._slots.idle[0].item
    with pytest.raises(ValueError, match="already"):
        pool.register_agent(first)
    pool.register_agent(Agent(2))
    with pytest.raises(PoolFull, match="raise max_agents"):
        pool.register_agent(Agent(3))

    async def main() -> int:
        async with pool.agent() as agent:
            return agent.number

    assert asyncio.run(main()) == 2  # the one used last is the warmest


def test_never_more_than_there_may_be_and_first_come_first_served() -> None:
    served: list[int] = []

    async def main() -> tuple[float, Any]:
        async with manager(2) as pool:

            async def use(n: int) -> None:
                async with pool.agent():
                    served.append(n)
                    await asyncio.sleep(1)

            async with asyncio.TaskGroup() as group:
                for n in range(6):
                    group.create_task(use(n))
            return now(), pool.stats()

    seconds, stats = run(main)
    assert served == [0, 1, 2, 3, 4, 5]
    assert (seconds, stats.peak_busy, stats.created) == (4, 2, 2)


def test_waiting_ends_in_time_and_says_why() -> None:
    async def main() -> tuple[float, Any]:
        async with manager(1, timeout=5) as pool, pool.agent():
            with pytest.raises(PoolTimeout, match="5 s: 1 of 1 agents are lent"):
                await pool.acquire()
            late = now()
            with pytest.raises(PoolTimeout, match="2 s"):
                await pool.acquire(timeout=2)
            return late, pool.stats()

    late, stats = run(main)
    assert late == 6
    assert (stats.timeouts, stats.waiting, stats.busy) == (2, 0, 1)


def test_nothing_to_lend_is_said() -> None:
    async def main() -> None:
        await AgentManager[Agent](2, 0, pool_timeout=1).acquire()

    with pytest.raises(PoolTimeout, match="none was registered"):
        run(main)


def test_a_returned_agent_is_quicker_than_a_new_one() -> None:
    async def main() -> tuple[float, int]:
        async with manager(5, factory=Maker(10)) as pool:
            agent = await pool.acquire()
            asyncio.get_running_loop().call_later(1, pool.release, agent)
            again = await pool.acquire()
            assert again is agent
            return now(), pool.stats().busy

    assert run(main) == (11, 1)


@pytest.mark.parametrize("asks", ["own", "plain", "async", "raises"])
def test_an_ill_agent_is_replaced_and_let_go(asks: str) -> None:
    async def later(agent: Agent) -> bool:
        await asyncio.sleep(0.5)
        return agent.well

    def plain(agent: Agent) -> bool:
        return agent.well

    def raises(agent: Agent) -> bool:
        if not agent.well:
            raise OSError("gone")
        return True

    healthy = {"own": None, "plain": plain, "async": later, "raises": raises}[asks]

    async def main() -> tuple[Agent, Agent, Any]:
        async with manager(1, healthy=healthy) as pool:
            async with pool.agent() as ill:
                ill.well = False
            async with pool.agent() as well:
                assert well is not ill
                await asyncio.sleep(0)
                return ill, well, pool.stats()

    ill, well, stats = run(main)
    assert ill.closed and well.well
    assert (stats.replaced, stats.created, stats.agents) == (1, 2, 1)


def test_a_check_that_hangs_costs_its_caller_a_timeout_and_no_place() -> None:
    async def hangs(agent: Agent) -> bool:
        await asyncio.sleep(1000)
        return True

    async def main() -> Any:
        pool = manager(1, timeout=2, healthy=hangs)
        pool.register_agent(Agent())
        for _ in range(3):
            with pytest.raises(PoolTimeout):
                await pool.acquire()
        return pool.stats()

    stats = run(main)
    assert (stats.agents, stats.idle, stats.busy) == (1, 1, 0)


def test_ill_registered_agents_are_not_lent() -> None:
    async def main() -> int:
        pool: AgentManager[Agent] = AgentManager(2, 0, 5)
        for i in range(2):
            pool.register_agent(Agent(i))
            pool._slots.idle[-1].item.well = False
        asyncio.get_running_loop().call_later(1, pool.register_agent, Agent(7))
        async with pool.agent() as agent:
            assert pool.stats().agents == 1
            return agent.number

    assert run(main) == 7


def test_a_factory_that_fails_tells_those_who_wait_and_recovers() -> None:
    async def main() -> tuple[list[str], Any]:
        async with manager(1, factory=Maker(1, errors=2)) as pool:

            async def use() -> str:
                try:
                    async with pool.agent():
                        return "served"
                except ConnectionError as e:
                    return str(e)

            found = await asyncio.gather(*(use() for _ in range(4)))
            return found, pool.stats()

    found, stats = run(main)
    assert found == ["no agent today"] * 2 + ["served"] * 2
    assert (stats.agents, stats.created) == (1, 1)


def test_a_failing_warm_up_is_told_and_leaves_no_place_taken() -> None:
    async def main() -> int:
        pool = manager(3, 3, factory=Maker(1, errors=1))
        with pytest.raises(ConnectionError):
            await pool.warm_up()
        assert pool.stats().agents == pool.stats().idle == 2
        return await pool.warm_up()

    assert run(main) == 1


def test_a_pool_that_does_not_warm_up_lets_those_go_that_were_made() -> None:
    maker = Maker(1, errors=1)

    async def main() -> None:
        async with manager(3, 3, factory=maker):
            pass

    with pytest.raises(ConnectionError):
        run(main)
    assert [agent.closed for agent in maker.made] == [True, True]


def test_a_factory_has_to_make_new_ones() -> None:
    agent = Agent()

    async def main() -> None:
        async with manager(2, factory=lambda: agent) as pool, pool.agent():
            await pool.acquire()

    with pytest.raises(ValueError, match="already"):
        run(main)


def test_idle_agents_go_when_they_are_too_many_for_too_long() -> None:
    async def main() -> tuple[list[int], list[Agent], Any]:
        maker = Maker()
        async with manager(8, 2, factory=maker, idle_seconds=60) as pool:
            for agent in [await pool.acquire() for _ in range(6)]:
                pool.release(agent)
            counts = [pool.stats().agents]
            for _ in range(3):
                await asyncio.sleep(40)
                counts.append(pool.stats().agents)
            return counts, maker.made, pool.stats()

    counts, made, stats = run(main)
    assert counts == [6, 6, 2, 2]
    assert sum(agent.closed for agent in made) >= stats.retired == 4


def test_a_pool_that_lost_its_idle_ones_warms_again() -> None:
    async def main() -> int:
        async with manager(4, 2, idle_seconds=60) as pool:
            lent = [await pool.acquire() for _ in range(2)]
            await asyncio.sleep(61)
            assert len(lent) == 2
            return pool.stats().idle

    assert run(main) == 2


@pytest.mark.parametrize("late", [0.2, 1.0, 1.5, 3.0])
def test_cancelling_a_waiter_loses_no_place(late: float) -> None:
    async def main() -> Any:
        async with manager(1) as pool:

            async def use() -> None:
                async with pool.agent():
                    await asyncio.sleep(1)

            tasks = [asyncio.create_task(use()) for _ in range(4)]
            await asyncio.sleep(late)
            for task in tasks[:3]:
                task.cancel()
            await asyncio.wait(tasks)
            return tasks[3].exception(), pool.stats()

    error, stats = run(main)
    assert error is None
    assert (stats.agents, stats.idle, stats.busy, stats.waiting) == (1, 1, 0, 0)


def test_a_place_handed_over_at_the_moment_of_leaving_comes_back() -> None:
    async def main() -> Any:
        async with manager(1) as pool:
            agent = await pool.acquire()
            waiter = asyncio.create_task(pool.acquire())
            await asyncio.sleep(1)
            pool.release(agent)  # it is the waiter's now
            waiter.cancel()
            await asyncio.wait([waiter])
            assert waiter.cancelled()
            return pool.stats()

    stats = run(main)
    assert (stats.idle, stats.busy) == (1, 0)


def test_release_takes_only_what_is_lent() -> None:
    async def main() -> None:
        async with manager(1) as pool:
            agent = await pool.acquire()
            pool.release(agent)
            with pytest.raises(ValueError, match="not lent"):
                pool.release(agent)

    run(main)


def test_closing_waits_for_those_lent_and_sends_the_others_away() -> None:
    async def main() -> tuple[list[Agent], list[Agent], float]:
        maker = Maker()
        pool = manager(2, factory=maker)
        slow, stuck = await pool.acquire(), await pool.acquire()
        waiter = asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(3, pool.release, slow)
        begin = now()
        missing = await pool.close(timeout=5)
        with pytest.raises(PoolClosed):
            await waiter
        with pytest.raises(PoolClosed, match="make another"):
            await pool.acquire()
        assert slow.closed and not stuck.closed
        taken = now() - begin
        pool.release(stuck)
        await asyncio.sleep(0)
        assert stuck.closed
        return missing, [stuck], taken

    missing, stuck, seconds = run(main)
    assert (missing, seconds) == (stuck, 5)


def test_a_factory_that_hangs_does_not_keep_a_pool_from_closing() -> None:
    async def main() -> float:
        pool = manager(1, timeout=1, factory=Maker(1e6))
        with pytest.raises(PoolTimeout):
            await pool.acquire()
        begin = now()
        assert await pool.close(timeout=5) == []
        return now() - begin

    assert run(main) == 5


def test_a_closed_pool_is_not_opened_again() -> None:
    async def main() -> None:
        pool = manager(1, 1)
        async with pool:
            pass
        with pytest.raises(PoolClosed, match="make another"):
            async with pool:
                pass
        assert pool.stats().created == 1

    run(main)


def test_an_agent_that_fails_to_end_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Clingy(Agent):
        async def aclose(self) -> None:
            raise OSError("I stay")

    async def main() -> None:
        async with manager(1, factory=Clingy) as pool, pool.agent():
            pass

    run(main)
    assert "could not be disposed of" in caplog.text


@pytest.mark.parametrize(
    "make",
    [
        lambda llm: FastResponseAgent("fast", llm),
        lambda llm: MemoryOptimizedAgent("memory", llm, 1),
        lambda llm: OptimizedToolAgent("tools", llm, []),
    ],
)
def test_sessions_agents_do_tasks_from_the_pool(make: Callable[..., Any]) -> None:
    async def main() -> list[Any]:
        llm = SimulatedLLM()
        async with AgentManager(2, 1, factory=lambda: make(llm)) as pool:
            tasks = [Task(f"What is {n} + {n}?") for n in range(4)]
            return await execute_tasks_concurrently(tasks, pool)

    answers = run(main)
    assert len(answers) == 4
    assert all(answers) and not any(isinstance(a, Exception) for a in answers)


def test_results_and_errors_come_in_the_order_of_the_tasks() -> None:
    async def work(n: int) -> int:
        await asyncio.sleep(3 - n)
        if n == 1:
            raise ValueError(n)
        return n

    async def main() -> list[Any]:
        return await execute_tasks_concurrently(
            [Task("", work, {"n": n}) for n in range(3)]
        )

    first, second, third = run(main)
    assert (first, third) == (0, 2)
    assert isinstance(second, ValueError)


async def double(n: int) -> int:
    await asyncio.sleep(0)
    if n == 13:
        raise ValueError("thirteen")
    return 2 * n


def test_batches_from_plain_code() -> None:
    tasks = [Task("", double, {"n": n}) for n in range(25)]
    batches = list(batch_execute(tasks, batch_size=10))
    assert [len(batch) for batch in batches] == [10, 10, 5]
    flat = [result for batch in batches for result in batch]
    assert isinstance(flat[13], ValueError)
    assert [r for r in flat if isinstance(r, int)] == [
        2 * n for n in range(25) if n != 13
    ]


def test_batches_where_a_loop_runs_and_of_an_endless_source() -> None:
    drawn = 0

    def endless() -> Any:
        nonlocal drawn
        while True:
            drawn += 1
            yield Task("", double, {"n": 1})

    async def notebook() -> list[Any]:
        batches = batch_execute(endless(), 10)
        taken = [next(batches) for _ in range(3)]
        batches.close()  # type: ignore[attr-defined]
        return taken

    assert asyncio.run(notebook()) == [[2] * 10] * 3
    assert drawn <= 60


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"max_agents": 0}, "max_agents"),
        ({"min_idle_agents": 51}, "min_idle_agents is 51"),
        ({"min_idle_agents": -1}, "min_idle_agents is -1"),
        ({"pool_timeout": 0}, "pool_timeout"),
        ({"idle_seconds": float("inf")}, "idle_seconds"),
    ],
)
def test_limits_are_checked(options: dict[str, Any], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        AgentManager[Agent](**options)
