"""In a forked process what has threads works anew, or says that it cannot."""

import asyncio
import gc
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from session1.composed import ComposedAgent
from session1.llm import LLMError, SimulatedLLM
from session1.llm.cached import CachedLLMManager
from session1.llm.local import LocalLLM
from session1.memory.journal import Journal
from session1.memory.manager import MemoryManager
from session1.memory.tiers.errors import StoreError
from session1.optimized_tools import OptimizedToolAgent
from session1.runtime.connections import create_pool
from session1.servers import postgres_server
from session1.tool import Tool

WAIT = 20.0


def forked(work: Callable[[], object]) -> str:
    """What `work` gives in a forked child, or its error; it may not hang."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = repr(work())
        except BaseException as e:
            said = f"{type(e).__name__}: {e}"
        os.write(write, said.encode()[:4000])
        os._exit(0)
    os.close(write)
    until = time.monotonic() + WAIT
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            pytest.fail("the child hangs")
        time.sleep(0.01)
    with os.fdopen(read) as pipe:
        return pipe.read()


def double(x: int) -> int:
    return 2 * x


@contextmanager
def agent() -> Iterator[OptimizedToolAgent]:
    tools = [Tool("thread", "", double), Tool("process", "", double, cpu_heavy=True)]
    held = OptimizedToolAgent("a", SimulatedLLM(), tools)
    try:
        yield held
    finally:
        held.close()


@pytest.mark.parametrize("tool", ["thread", "process"])
def test_tools_run_in_parent_and_child(tool: str) -> None:
    with agent() as tools:

        def run(x: int) -> object:
            return asyncio.run(tools.execute_tool_cached(tool, {"x": x}))

        assert run(1) == 2
        assert forked(lambda: run(2)) == "4"
        assert run(3) == 6


def test_plain_calls_of_a_model_go_on_in_a_child() -> None:
    manager = CachedLLMManager(SimulatedLLM())
    manager.generate_with_cache("Hi")
    for said in ("Hi", "Hi again"):
        ask = partial(manager.generate_with_cache, said)
        assert f"You said: {said}" in forked(ask)
    manager.close()


def test_an_agents_memory_is_its_parents_and_the_child_is_told() -> None:
    async def turn(held: ComposedAgent) -> object:
        answer = await held.ask("Hi")
        await held.journal.flush()
        return answer["response"]

    with MemoryManager() as memory:
        held = ComposedAgent(SimulatedLLM(), memory, answers={"Hi": "Ho"})
        asyncio.run(turn(held))
        said = forked(lambda: asyncio.run(turn(held)))
        assert said.startswith(f"{StoreError.__name__}: the MemoryManager of")
        assert "forked" in said
        assert "forked" in forked(lambda: memory.schedule_cleanup(every=60))
        asyncio.run(turn(held))
        assert len(memory) == 2


class Listed:
    def __init__(self) -> None:
        self.ids: list[str] = []

    def put_many(self, records: list[dict[str, object]]) -> list[str]:
        self.ids += [str(record["id"]) for record in records]
        return self.ids


def test_a_child_writes_none_of_its_parents_records_and_none_with_their_ids() -> None:
    listed = Listed()
    journal = Journal(listed)

    async def write(n: int) -> list[str]:
        for _ in range(n):
            journal.add({})
        await journal.flush()
        return listed.ids

    async def fork() -> str:
        journal.add({})
        return await asyncio.to_thread(forked, lambda: asyncio.run(write(1)))

    asyncio.run(write(2))
    theirs = asyncio.run(fork()).strip("[]'").split("', '")
    ours = asyncio.run(write(1))
    assert len(ours) == 4
    assert len(theirs) == 3 and theirs[2] not in ours


@pytest.mark.model
def test_a_loaded_model_is_its_parents() -> None:
    model = LocalLLM()

    async def say(llm: LocalLLM) -> str:
        return (await llm.generate("Hi", max_tokens=2)).text

    said = asyncio.run(say(model))
    refused = forked(lambda: asyncio.run(say(model)))
    assert refused.startswith(f"{LLMError.__name__}: this model was loaded before")
    another = forked(LocalLLM)  # llama.cpp would abort
    assert another.startswith(f"{LLMError.__name__}: a model was loaded before")
    assert asyncio.run(say(model)) == said
    asyncio.run(model.aclose())
    assert "closed" in forked(lambda: asyncio.run(say(model)))


def asked(engine: Engine, first: int) -> bool:
    """Whether each of many queries is answered by its own number."""
    for number in range(first, first + 100):
        with engine.connect() as connection:
            if connection.execute(text(f"SELECT {number}")).scalar() != number:
                return False
    return True


def test_a_child_has_connections_of_its_own_and_leaves_the_file() -> None:
    engine = create_pool()
    assert asked(engine, 0)
    assert forked(lambda: asked(engine, 1000)) == "True"
    assert asked(engine, 2000)
    assert forked(lambda: (engine.dispose(), gc.collect())[0]) == "None"
    assert engine.url.database is not None and Path(engine.url.database).exists()
    engine.dispose()


@pytest.mark.slow
def test_a_child_does_not_talk_into_its_parents_postgres() -> None:
    with postgres_server() as server:
        engine = create_pool(server.url, pool_size=2)
        assert asked(engine, 0)
        with ThreadPoolExecutor(1) as thread:
            ours = thread.submit(asked, engine, 1000)
            assert forked(lambda: asked(engine, 2000)) == "True"
            assert ours.result()
        engine.dispose()
