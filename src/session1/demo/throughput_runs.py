"""Put the pool, the queue, the fetcher and the rest to work, and measure."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import httpx
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from session1.base_agent import BaseAgent
from session1.data import Conversation
from session1.demo.local_site import local_site
from session1.llm import SimulatedLLM
from session1.runtime.agent_manager import AgentManager
from session1.runtime.batches import execute_tasks_concurrently
from session1.runtime.connections import create_pool, pool_stats
from session1.runtime.cpu_map import cpu_map
from session1.runtime.fetch import Fetcher
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from session1.virtual_time import now

T = TypeVar("T")
MAKING = 0.8  # virtual seconds to make an agent
EVERY = 0.1  # virtual seconds between two requests
MOST, LEAST = 16, 8  # agents that there may be, and that are there from the start
LIMIT = 10


async def visitors(warm: bool, questions: Sequence[str]) -> dict[str, float]:
    """Questions that come one by one to a pool of agents: how long until one is had."""
    office = Office()
    pool: AgentManager[BaseAgent] = AgentManager(
        MOST, LEAST if warm else 0, 30, warm, factory=office.hire, clock=now
    )

    async def lend(work: Callable[[BaseAgent], Awaitable[Any]]) -> Any:
        async with pool.agent() as agent:
            return await work(agent)

    async with pool:
        return await office.visited(lend, questions)


async def visitors_of(
    make_pool: Callable[..., Any], questions: Sequence[str]
) -> dict[str, float]:
    """The same for a warm pool with `await pool.run(work)`, such as a learner's."""
    office = Office()
    pool = make_pool(office.hire, MOST, LEAST, 30)
    await pool.warm_up()
    return await office.visited(pool.run, questions)


class Office:
    """Where agents are hired, and visitors wait for one."""

    def __init__(self) -> None:
        self._llm = SimulatedLLM(slots=MOST)
        self.hired = 0

    async def hire(self) -> BaseAgent:
        """Make an agent, which takes its time."""
        self.hired += 1
        await asyncio.sleep(MAKING)
        return BaseAgent("agent", "You answer in a sentence.", self._llm)

    async def visited(
        self, lend: Callable[..., Awaitable[Any]], questions: Sequence[str]
    ) -> dict[str, float]:
        """How long visitors waited for an agent out of `lend(work)`."""
        waits: list[float] = []

        async def visit(question: str) -> None:
            begin = now()

            async def work(agent: BaseAgent) -> None:
                waits.append(now() - begin)
                await agent.process_message(question)

            await lend(work)

        async with asyncio.TaskGroup() as group:
            for question in questions:
                group.create_task(visit(question))
                await asyncio.sleep(EVERY)
        return {
            "first_s": waits[0],
            "median_s": median(waits),
            "most_s": max(waits),
            "agents": self.hired,
            "answered": len(waits),
        }


def tasks_of(questions: Sequence[str]) -> list[Task]:
    """The questions as tasks for an agent."""
    return [Task(question) for question in questions]


def answerer() -> BaseAgent:
    """An agent whose answers take between a blink and several seconds."""
    return BaseAgent("agent", "You answer at length.", SimulatedLLM(slots=LIMIT))


async def by_barrier(questions: Sequence[str]) -> tuple[float, int]:
    """Batches, each begun when the last one has wholly ended: seconds and answers."""
    agent, done = answerer(), 0
    for i in range(0, len(questions), LIMIT):
        batch = tasks_of(questions[i : i + LIMIT])
        done += len(await asyncio.gather(*map(agent.execute_task_async, batch)))
    return now(), done


async def by_window(questions: Sequence[str]) -> tuple[float, int]:
    """The next one begins when any ends."""
    tasks = tasks_of(questions)
    done = await execute_tasks_concurrently(tasks, answerer(), LIMIT)
    return now(), sum(isinstance(answer, str) for answer in done)


async def by_runtime(
    make: Callable[..., Any], questions: Sequence[str]
) -> tuple[float, int]:
    """All asked of `make(hire, most)`, such as a learner's runtime, by `ask_all`."""
    agent = answerer()

    async def hire() -> BaseAgent:
        return agent

    runtime = make(hire, LIMIT)
    await runtime.start()
    done = await runtime.ask_all(list(questions))
    await runtime.stop()
    return now(), sum(isinstance(answer, str) for answer in done)


async def by_stream(questions: Sequence[str]) -> tuple[float, float, int]:
    """The same from a queue: seconds to the first result, to the last, and answers."""
    first, done = 0.0, 0
    async with TaskQueue(LIMIT, agent=answerer()) as queue:
        async for _, outcome in queue.stream(tasks_of(questions)):
            first = first or now()
            done += outcome.error is None
        return first, now(), done


async def pages(count: int) -> dict[str, dict[str, float]]:
    """Pages of 20 ms, then three bad ones among them: one by one and at once."""
    found: dict[str, dict[str, float]] = {}
    async with local_site() as site:
        urls = [site.url(f"slow/0.02/{i}") for i in range(count)]
        begin = time.perf_counter()
        async with httpx.AsyncClient(trust_env=False) as client:
            right = sum([(await client.get(url)).text == "slow" for url in urls])
        found["one by one"] = {"seconds": time.perf_counter() - begin, "good": right}
        async with Fetcher(LIMIT, LIMIT, timeout=0.5, trust_env=False) as fetcher:
            for name, some in {
                "at once": urls,
                "at once, 3 bad": urls
                + [site.url(bad) for bad in ("reset/", "huge/20000000", "nowhere")],
            }.items():
                site.peak, begin = 0, time.perf_counter()
                results = await fetcher.fetch(some)
                found[name] = {
                    "peak": site.peak,
                    "seconds": time.perf_counter() - begin,
                    "good": sum(r.ok and r.text == "slow" for r in results),
                }
    return found


def works() -> dict[str, Callable[[Sequence[str]], float]]:
    """Next to nothing, and something to chew on, for the lines of a conversation.

    Made in here so that they travel to other processes by value: those would have to
    import the whole demo otherwise, which takes longer than the work.
    """

    def mean_length(lines: Sequence[str]) -> float:
        return sum(map(len, lines)) / len(lines)

    def phrases(lines: Sequence[str]) -> int:
        """Runs of up to five words that come again."""
        words = " ".join(lines).casefold().split()
        seen = Counter(
            tuple(words[i : i + n])
            for n in range(1, 6)
            for i in range(len(words) - n + 1)
        )
        return sum(count > 1 for count in seen.values())

    return {"mean length": mean_length, "repeated phrases": phrases}


def counted(talks: Sequence[Conversation], times: int) -> dict[str, dict[str, Any]]:
    """Small and large work on every conversation: the plain loop and `cpu_map`."""
    lines = [[turn.text for turn in talk.turns] for talk in talks]
    found = {}
    for name, work in works().items():
        items = lines * (1 if name == "mean length" else times)
        loop: Callable[[], list[float]] = partial(list, map(work, items))
        plain, loop_s = timed(loop)
        mapped, map_s = timed(partial(cpu_map, work, items))
        found[name] = {
            "items": len(items),
            "loop_s": loop_s,
            "map_s": map_s,
            "equal": plain == mapped,
        }
    return found


def queries(url: str, count: int) -> dict[str, Any]:
    """Seconds for `count` queries: a connection each, and from a pool."""
    driver = url.replace("postgresql:", "postgresql+psycopg:")
    fresh, pool = create_engine(driver, poolclass=NullPool), create_pool(url, 2, 0)
    for engine in (fresh, pool):
        ask(engine, 3)
    _, fresh_s = timed(lambda: ask(fresh, count))
    _, pool_s = timed(lambda: ask(pool, count))
    opened = pool_stats(pool).opened
    pool.dispose()
    return {"fresh_s": fresh_s, "pool_s": pool_s, "opened": opened, "queries": count}


def ask(engine: Engine, count: int) -> None:
    """`count` queries, each with a connection of its own or from the pool."""
    for _ in range(count):
        with engine.connect() as connection:
            connection.execute(text("SELECT 1")).scalar_one()


def sqlite_queries(folder: Path, count: int) -> dict[str, Any]:
    """The same on a file in `folder`, which is removed."""
    file = folder / "throughput.db"
    try:
        return queries(f"sqlite:///{file}", count)
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return the result of `work` and its seconds of wall time."""
    begin = time.perf_counter()
    value = work()
    return value, time.perf_counter() - begin
