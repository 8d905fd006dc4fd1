"""Whoever uses what was closed reads that in a sentence."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from session1.composed import ComposedAgent
from session1.llm import SimulatedLLM
from session1.llm.openai_compatible import OpenAICompatibleLLM
from session1.memory.manager import MemoryManager
from session1.runtime.fetch import Fetcher


async def composed() -> object:
    with MemoryManager() as memory:
        async with ComposedAgent(SimulatedLLM(), memory, answers={"Hi": "Ho"}) as agent:
            await agent.ask("Hi")
        return await agent.ask("Hi")


async def fetcher() -> object:
    async with Fetcher() as fetching:
        pass
    return await fetching.fetch(["http://127.0.0.1:1"])


async def client(how: Callable[[OpenAICompatibleLLM], Any]) -> object:
    llm = OpenAICompatibleLLM("m", "http://127.0.0.1:1/v1")
    await llm.aclose()
    return await how(llm)


async def generated() -> object:
    return await client(lambda llm: llm.generate("Hi"))


async def streamed() -> object:
    return await client(lambda llm: anext(llm.stream("Hi")))


def store() -> MemoryManager:
    memory = MemoryManager()
    memory.close()
    return memory


async def scheduled() -> object:
    return store().schedule_cleanup(every=60)


async def read() -> object:
    return list(store().retrieve_all())


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (composed, "this agent is closed: make another"),
        (fetcher, "this Fetcher is closed: make another"),
        (generated, "/v1: this client is closed: make a new one"),
        (streamed, "/v1: this client is closed: make a new one"),
        (scheduled, "the store is closed"),
        (read, "the store is closed"),
    ],
)
def test_what_is_closed_says_so(use: Callable[[], Any], says: str) -> None:
    with pytest.raises(RuntimeError, match=says):
        asyncio.run(use())
