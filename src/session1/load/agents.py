"""The agents that are put under load, and a run of one in a process or in several."""

import asyncio
import multiprocessing
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from json import dumps
from typing import Any

from session1 import hybrid_time
from session1.base_agent import BaseAgent
from session1.composed import ComposedAgent
from session1.limits import positive_int
from session1.llm import Message, SimulatedLLM
from session1.load.figures import Load, merged
from session1.load.open_loop import Ask, play
from session1.load.trace import Arrival, model_reply, trace
from session1.memory.manager import MemoryManager
from session1.naive_response import NaiveResponseAgent
from session1.questions import known
from session1.tool import Tool
from session1.tool_plan import plan_prompt

# Requests that the models of a process work on at a time: at 6,000 a second 200 need a
# model, for a second each (Little's law).
SLOTS = 256
USERS = 2_000  # of a process, who take turns
WARM_UP = "Is anybody there?"
TOOL_S = 0.1  # seconds that a tool takes
TOOL_EVERY = 10  # of so many questions to the model, one needs the tool
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
    """Return the answers of the corpus, which every agent with a cache starts with."""
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


async def look_up(word: str) -> str:
    """Look up a word."""
    await asyncio.sleep(TOOL_S)
    return f"nothing new of {word}"


TOOLS = (Tool("look_up", "Look up a word in the news.", look_up),)


@asynccontextmanager
async def composed(llm: SimulatedLLM, deadline: float) -> AsyncIterator[Ask]:
    """All parts together: with tools, and each user's memory, kept on disk."""
    async with _ours(llm, deadline, tools=TOOLS) as ask:
        yield ask


@asynccontextmanager
async def bare(llm: SimulatedLLM, deadline: float) -> AsyncIterator[Ask]:
    """The same without tools, the model shown nothing of what a user said before."""
    async with _ours(llm, deadline, max_context_size=0) as ask:
        yield ask


@asynccontextmanager
async def _ours(
    llm: SimulatedLLM, deadline: float, **options: Any
) -> AsyncIterator[Ask]:
    users = cycle(f"user {n}" for n in range(USERS))
    with MemoryManager() as memory:
        async with ComposedAgent(
            {"small": llm, "medium": llm, "large": llm, "reasoner": llm},
            memory,
            answers=answers(),
            target_response_time=deadline,
            max_agents=SLOTS,
            clock=hybrid_time.now,
            **options,
        ) as agent:
            while (await agent.ask(WARM_UP, "nobody"))["fallback"]:
                """The models read what all prompts begin with, as before opening."""
            yield lambda message: agent.ask(message, next(users))


AGENTS: dict[str, Agent] = {
    "no cache": without_cache,
    "naive": naive,
    "bare": bare,
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
    """Run the load of one process."""
    arrivals = trace(plan.rate, plan.seconds, new=plan.new, seed=plan.seed)
    return hybrid_time.run(_played, plan, arrivals, processes, number).value


async def _played(
    plan: Plan, arrivals: Sequence[Arrival], processes: int, number: int
) -> Load:
    reply = planning(model_reply(list(arrivals)))
    llm = SimulatedLLM(plan.seed + number, reply, SLOTS, prompt_cache=True)
    async with AGENTS[plan.agent](llm, plan.deadline) as ask:
        return await play(ask, arrivals[number::processes])


Reply = Callable[[list[Message]], str]


def planning(reply: Reply) -> Reply:
    """A model that also plans which tools to call, and answers from what they say."""
    asks_for_plan = plan_prompt(TOOLS, "")[0]

    def planned(messages: list[Message]) -> str:
        if messages[0] != asks_for_plan:
            asked = messages[:-1] if messages[-1].role == "tool" else messages
            return "Yes." if asked[-1].content == WARM_UP else reply(asked)
        question = messages[-1].content
        words = list(filter(str.isalpha, question.split()))
        # by the whole of it: a first word such as "can" begins half of the questions
        needed = bool(words) and zlib.crc32(question.encode()) % TOOL_EVERY == 0
        calls = [{"tool": "look_up", "params": {"word": words[0]}}] if needed else []
        return dumps({"calls": calls})

    return planned
