"""Put tool agents to work on real requests and count what they did."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from session1 import virtual_time
from session1.data import Conversation, answers
from session1.data.answers import topic_names
from session1.demo.toolbox import NEVER, Toolbox
from session1.llm import SimulatedLLM
from session1.naive_tools import NaiveToolAgent
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool

Request = dict[str, Any]
Span = tuple[str, float, float]  # tool, seconds from, seconds to
DEADLINE = 2.0
WORDS = ("music", "dog", "school", "pizza", "weather", "movie", "coffee", "job")


class ToolUser(Protocol):
    """The interface of the naive agent, ours and a learner's."""

    async def execute_tool_cached(
        self, tool_name: str, params: Mapping[str, Any]
    ) -> Any: ...
    async def execute_tools_parallel(
        self, tool_requests: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]: ...


Make = Callable[[Sequence[Tool], Callable[[], float]], ToolUser]


def naive(tools: Sequence[Tool], clock: Callable[[], float]) -> ToolUser:
    """The agent that most people write first."""
    return NaiveToolAgent("demo", SimulatedLLM(), tools, clock=clock)


def ours(tools: Sequence[Tool], clock: Callable[[], float]) -> ToolUser:
    """The agent this is about; its model is not asked here."""
    return OptimizedToolAgent(
        "demo", SimulatedLLM(), tools, deadline=DEADLINE, clock=clock
    )


AGENTS: dict[str, Make] = {"naive": naive, "ours": ours}


@dataclass(frozen=True, slots=True)
class Batch:
    """Seconds of a batch, the longest the loop stood still, and the tools' runs."""

    seconds: float
    stall_s: float
    runs: list[Span]


def batch_of(talks: Sequence[Conversation]) -> list[Request]:
    """Sixteen requests an agent could make for one question."""
    far = [{"tool": "fetch", "params": {"talk": talk.id}} for talk in talks[:8]]
    heard = [{"speaker": "A", "word": word} for word in WORDS[:3]]
    asked = ("What is a computer?", "Who wrote Faust?", "what is your favorite food")
    return [
        *far,
        *({"tool": "search", "params": {"query": query}} for query in heard),
        *({"tool": "answer", "params": {"question": question}} for question in asked),
        {"tool": "lines", "params": {"topic": "trivia"}},
        {"tool": "convert", "params": {"value": 3, "unit": "mile", "to": "km"}},
    ]


async def batches(make: Make, talks: Sequence[Conversation]) -> dict[str, Batch]:
    """The batch one by one, at once on a fresh agent, and once more on that one."""
    requests = batch_of(talks)
    async with at_work(make, talks) as (box, agent):
        one_by_one = await _timed(box, _one_by_one(agent, requests))
    async with at_work(make, talks) as (box, agent):
        cold = await _timed(box, agent.execute_tools_parallel(requests))
        warm = await _timed(box, agent.execute_tools_parallel(requests))
    return {"one by one": one_by_one, "at once": cold, "again": warm}


@contextlib.asynccontextmanager
async def at_work(
    make: Make,
    talks: Sequence[Conversation],
    delay: float = 0.1,
    clock: Callable[[], float] = time.perf_counter,
) -> AsyncIterator[tuple[Toolbox, ToolUser]]:
    """A toolbox and an agent that has it; its threads end with the block."""
    box = Toolbox(talks, delay, clock)
    agent = make(box.tools(), clock)
    try:
        yield box, agent
    finally:
        if isinstance(agent, OptimizedToolAgent):
            agent.close()


async def _one_by_one(agent: ToolUser, requests: Iterable[Request]) -> None:
    for request in requests:
        await agent.execute_tool_cached(request["tool"], request["params"])


async def _timed(box: Toolbox, work: Any) -> Batch:
    box.runs.clear()
    stalls: list[float] = [0.0]
    watcher = asyncio.create_task(_watch(stalls))
    await asyncio.sleep(0)
    began = time.perf_counter()
    await work
    seconds = time.perf_counter() - began
    await asyncio.sleep(0.002)
    watcher.cancel()
    runs = [(name, start - began, end - began) for name, start, end in box.runs]
    return Batch(seconds, max(stalls), runs)


async def _watch(stalls: list[float], every: float = 0.001) -> None:
    """Note by how much each short sleep was late: the loop stood still so long."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(every)
        stalls.append(time.perf_counter() - began - every)


async def identical(make: Make, talks: Sequence[Conversation], callers: int) -> int:
    """How often a fetch runs for so many equal calls at the same moment."""
    async with at_work(make, talks, clock=virtual_time.now) as (box, agent):
        call = {"talk": talks[0].id}
        calls = [agent.execute_tool_cached("fetch", call) for _ in range(callers)]
        await asyncio.gather(*calls)
        return len(box.runs)


async def one_bad_one_stuck(
    make: Make, talks: Sequence[Conversation]
) -> dict[str, float]:
    """A batch with a call that fails and one that hangs: good results, seconds."""
    ids = [talk.id for talk in talks[:8]]
    async with at_work(make, talks, clock=virtual_time.now) as (_, agent):
        requests: list[Request] = [
            {"tool": "fetch", "params": {"talk": talk}}
            for talk in [*ids[:4], "missing", *ids[4:], NEVER]
        ]
        began = virtual_time.now()
        answered = await agent.execute_tools_parallel(requests)
        seconds = virtual_time.now() - began
        first = {talk.id: talk.turns[0].text for talk in talks[:8]}
        good = sum(
            outcome["success"] and outcome["result"] == first.get(r["params"]["talk"])
            for r, outcome in zip(requests, answered, strict=True)
        )
    return {"good": good, "of": len(ids), "seconds": seconds}


def session_of(talks: Sequence[Conversation], count: int, seed: int = 1) -> list[Any]:
    """`count` calls as a day brings them: few asked often, many seldom, some notes."""
    rng = random.Random(seed)
    common = list(islice(_distinct(talks, rng), 120))
    often = [1 / (rank + 1) for rank in range(len(common))]
    calls: list[Any] = deepcopy(rng.choices(common, often, k=count))
    for call in calls:
        if call["tool"] == "search" and rng.random() < 0.5:  # models order as they like
            query = call["params"]["query"]
            call["params"]["query"] = dict(reversed(query.items()))
    for at in range(0, count, 20):
        calls[at] = {"tool": "note", "params": {"text": "call the customer back"}}
    return calls


def _distinct(talks: Sequence[Conversation], rng: random.Random) -> list[Request]:
    searches: list[Request] = [
        {"tool": "search", "params": {"query": {"word": word, "speaker": who}}}
        for word in WORDS
        for who in "AB"
    ]
    asked = rng.sample([qa.question for qa in answers()], 40)
    made: list[Request] = [
        *searches,
        *({"tool": "fetch", "params": {"talk": t.id}} for t in talks[:40]),
        *({"tool": "answer", "params": {"question": question}} for question in asked),
        *({"tool": "lines", "params": {"topic": topic}} for topic in topic_names()),
        *(
            {"tool": "convert", "params": {"value": n, "unit": "mile", "to": "km"}}
            for n in range(1, 9)
        ),
    ]
    rng.shuffle(made)
    return made


async def session(
    make: Make,
    talks: Sequence[Conversation],
    calls: Sequence[Request],
    expected: Sequence[Any],
) -> dict[str, float]:
    """All `calls`, four at a time, by callers who change what they are given."""
    wrong = 0
    async with at_work(make, talks, delay=0.005) as (box, agent):
        for at in range(0, len(calls), 4):
            outcomes = await agent.execute_tools_parallel(calls[at : at + 4])
            for outcome, right in zip(outcomes, expected[at : at + 4], strict=True):
                got = outcome.get("result")
                wrong += right is not None and got != right
                if isinstance(got, list):
                    got.clear()  # the caller has used them up
        notes = sum(right is None for right in expected)
        runs = sum(tool != "note" for tool, _, _ in box.runs)
        return {
            "calls": len(calls),
            "runs": runs,
            "hit_rate": 1 - runs / (len(calls) - notes),
            "wrong": wrong,
            "notes_asked": notes,
            "notes_written": len(box.notes),
        }


async def results_of(talks: Sequence[Conversation], calls: Sequence[Request]) -> Any:
    """Return the expected result of each distinct call, None for a note."""
    box, known = Toolbox(talks, delay=0), dict[str, Any]()
    expected = []
    for call in calls:
        key = json.dumps(call, sort_keys=True)
        if key not in known and call["tool"] != "note":
            result = getattr(box, call["tool"])(**call["params"])
            known[key] = await result if call["tool"] == "fetch" else result
        expected.append(known.get(key))
    return expected
