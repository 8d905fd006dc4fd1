"""The agents that are put under load, and a run of one in a process or in several."""

import multiprocessing
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from session1 import hybrid_time
from session1.base_agent import BaseAgent
from session1.composed import ComposedAgent
from session1.limits import positive_int
from session1.llm import SimulatedLLM
from session1.load.figures import Load, merged
from session1.load.open_loop import Ask, play
from session1.load.trace import Arrival, model_reply, trace
from session1.memory.manager import MemoryManager
from session1.naive_response import NaiveResponseAgent
from session1.questions import known

SLOTS = 64  # requests that the models of a process work on at a time
Agent = Callable[[SimulatedLLM, float], AbstractAsyncContextManager[Ask]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A trace, who answers it (a name in `AGENTS`), and how long that may take."""

    agent: str = "composed"
    rate: float = 5000.0
    seconds: float = 4.0
    new: float = 0.01
    deadline: float = 2.0
    seed: int = 0


def answers() -> dict[str, str]:
    """What every agent with a cache knows beforehand: the answers of the corpus."""
    return {question: min(fits) for question, fits in known().items()}


@asynccontextmanager
async def without_cache(llm: SimulatedLLM, deadline: float) -> AsyncIterator[Ask]:
    """The model is asked every time, for as long as it takes."""
    yield BaseAgent("load", "Agent", llm).process_message


@asynccontextmanager
async def naive(llm: SimulatedLLM, deadline: float) -> AsyncIterator[Ask]:
    """The fast agent most people write first."""
    agent = NaiveResponseAgent(
        "load", llm, target_response_time=deadline, clock=hybrid_time.now
    )
    agent.response_cache.update(answers())
    yield agent.process_message_fast


@asynccontextmanager
async def composed(llm: SimulatedLLM, deadline: float) -> AsyncIterator[Ask]:
    """All parts together, with a memory of its own on disk."""
    with MemoryManager() as memory:
        async with ComposedAgent(
            {"small": llm, "medium": llm, "large": llm, "reasoner": llm},
            memory,
            answers=answers(),
            target_response_time=deadline,
            max_agents=SLOTS,
            clock=hybrid_time.now,
        ) as agent:
            yield agent.ask


AGENTS: dict[str, Agent] = {
    "no cache": without_cache,
    "naive": naive,
    "composed": composed,
}


def run(plan: Plan, processes: int = 1) -> Load:
    """Play the plan's trace, each of several processes an equal share of it.

    Every n-th caller goes to the same process, which has an agent, a memory and models
    of its own, and the generator of the load besides.
    """
    if positive_int("processes", processes) == 1:
        return part(plan, 1, 0)
    start = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, start) as pool:
        return merged(pool.map(partial(part, plan, processes), range(processes)))


def part(plan: Plan, processes: int, number: int) -> Load:
    """What one process does."""
    arrivals = trace(plan.rate, plan.seconds, new=plan.new, seed=plan.seed)
    return hybrid_time.run(_played, plan, arrivals, processes, number).value


async def _played(
    plan: Plan, arrivals: Sequence[Arrival], processes: int, number: int
) -> Load:
    reply = model_reply(list(arrivals))
    llm = SimulatedLLM(plan.seed + number, reply, SLOTS)
    async with AGENTS[plan.agent](llm, plan.deadline) as ask:
        return await play(ask, arrivals[number::processes])
