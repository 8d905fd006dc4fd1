"""Ask agents real questions and record what each answer was and how long it took."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from session1 import virtual_time
from session1.base_agent import BaseAgent
from session1.data.pairs import Pair
from session1.fast_response_agent import FastResponseAgent
from session1.llm import LLMClient, SimulatedLLM
from session1.monitoring.histogram import nearest_rank
from session1.naive_response import NaiveResponseAgent
from session1.questions import (
    REWORDINGS,
    Asked,
    every_answer,
    known,
    reply_from,
    scripted,
)

Clock = Callable[[], float]
PERCENTS = (50, 90, 95, 99)
LONG = 30.0  # seconds; a target that the model on any machine meets
SHORT = 0.05  # and one that it never does


class Responder(Protocol):
    """The interface of the agents: `response` and `cache_hit` to a message."""

    async def process_message_fast(self, message: str) -> Mapping[str, Any]: ...


Make = Callable[[LLMClient, float, Clock], Responder]


class NoReuse(BaseAgent):
    """Asks the model each time and waits for it."""

    async def process_message_fast(self, message: str) -> dict[str, Any]:
        """The model's answer."""
        return {"response": await self.process_message(message), "cache_hit": False}


def no_reuse(llm: LLMClient, target: float, clock: Clock) -> Responder:
    """The starting point: the model alone."""
    return NoReuse("demo", "Answer the question.", llm)


def naive(llm: LLMClient, target: float, clock: Clock) -> Responder:
    """The agent that most people write first."""
    return NaiveResponseAgent("demo", llm, target_response_time=target, clock=clock)


def ours(llm: LLMClient, target: float, clock: Clock) -> Responder:
    """The agent this is about."""
    return FastResponseAgent("demo", llm, target_response_time=target, clock=clock)


AGENTS: dict[str, Make] = {"no reuse": no_reuse, "naive": naive, "ours": ours}


@dataclass(frozen=True, slots=True)
class Day:
    """Seconds of all answers and of the right ones; what they were; calls; deadline.

    Hits are counted where they are right: who serves a kept excuse has reused nothing.
    """

    seconds: list[float]
    right: list[float]
    counts: Counter[str]
    calls: int
    target: float

    def within(self, seconds: float) -> float:
        """The share of questions that had the right answer after so many seconds."""
        return sum(s <= seconds + 1e-9 for s in self.right) / len(self.seconds)

    def figures(self) -> dict[str, Any]:
        """Counts, shares (0 to 1) and percentiles in seconds."""
        n, right = len(self.seconds), len(self.right)
        return {
            "answers": n,
            "right": right,
            "model_calls": self.calls,
            "calls_each": self.calls / right if right else math.inf,
            "exact": self.counts["exact"] / n,
            "fuzzy": self.counts["fuzzy"] / n,
            "wrong": self.counts["wrong"],
            "stand_ins": self.counts["stand-in"] / n,
            "at_once": self.within(0.0),
            "in_half_a_second": self.within(0.5),
            "in_time": self.within(self.target),
            **percentiles(self.seconds),
        }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """P50, P90, P95 and P99 by nearest rank."""
    ordered = sorted(seconds)
    n = len(ordered)
    return {f"p{p}": ordered[nearest_rank(p, n) - 1] for p in PERCENTS}


async def live(make: Make, asked: Sequence[Asked], target: float) -> Day:
    """A day of questions, each at its time, against the simulated model (2 slots)."""
    llm = SimulatedLLM(reply=reply_from(scripted(asked)), slots=2)
    agent = make(llm, target, virtual_time.now)
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    right: list[float] = []

    async def ask(one: Asked) -> float:
        began = virtual_time.now()
        said = await agent.process_message_fast(one.message)
        seconds = virtual_time.now() - began
        kind = _judged(one, said["response"])
        counts[kind] += 1
        if kind == "right":
            right.append(seconds)
            if said["cache_hit"]:
                counts["exact" if one.message in seen else "fuzzy"] += 1
        seen.add(one.message)
        return seconds

    tasks = []
    for one in asked:
        await asyncio.sleep(one.after_s)
        tasks.append(asyncio.create_task(ask(one)))
    seconds = await asyncio.gather(*tasks)
    return Day(seconds, right, counts, llm.usage.calls, target)


def _judged(one: Asked, response: str) -> str:
    """Whether a response answers the question, another one, or none."""
    if response in known()[one.question]:
        return "right"
    return "wrong" if response in every_answer() else "stand-in"


async def pairs_served(make: Make, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs whose second message gets the first one's answer."""
    served = []
    for pair in pairs:
        llm = SimulatedLLM(reply=lambda messages: "yes")
        agent = make(llm, LONG, virtual_time.now)
        await agent.process_message_fast(pair.first)
        await agent.process_message_fast(pair.second)
        if llm.usage.calls == 1:
            served.append(pair)
    return served


async def cold_and_warm(
    llm: LLMClient, questions: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Questions to the real model, then each again and in three other wordings."""
    agent = FastResponseAgent(
        "demo",
        llm,
        target_response_time=LONG,
        max_tokens=24,
        keep_cut=True,
        clock=virtual_time.now,
    )
    again = [
        message
        for question in questions
        for message in [question, *(word(question) for word in REWORDINGS[:3])]
    ]
    return {
        "cold": await _rounds(agent, questions),
        "warm": await _rounds(agent, again),
    }


async def _rounds(agent: FastResponseAgent, messages: Sequence[str]) -> dict[str, Any]:
    said = [await agent.process_message_fast(message) for message in messages]
    return {
        "asked": len(said),
        "exact": sum(one["cache_hit"] is True for one in said),
        "fuzzy": sum(one["cache_hit"] == "fuzzy" for one in said),
        **percentiles([one["response_time"] for one in said]),
        "said": said[0]["response"],
    }


async def late(llm: LLMClient, question: str) -> dict[str, Any]:
    """A question with too little time, and once more when the answer is there."""
    agent = FastResponseAgent(
        "demo",
        llm,
        target_response_time=SHORT,
        max_tokens=24,
        keep_cut=True,
        clock=virtual_time.now,
    )
    first = await agent.process_message_fast(question)
    for _ in range(600):
        if agent.late_answers:
            break
        await asyncio.sleep(SHORT)
    second = await agent.process_message_fast(question)
    return {"question": question, "first": first, "second": second}
