"""What is of a wrong type is refused at once, by the name of the parameter."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from session1.caching.ttl import TTLCache
from session1.composed import ComposedAgent
from session1.fast_response_agent import FastResponseAgent
from session1.knowledge import KnowledgeBase
from session1.knowledge.semantic_cache import SemanticCache
from session1.llm import Message, SimulatedLLM
from session1.llm.cached import CachedLLMManager
from session1.llm.openai_compatible import OpenAICompatibleLLM
from session1.llm.router import Router
from session1.memory.context_manager import ContextManager
from session1.memory.manager import MemoryManager
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.optimized_tools import OptimizedToolAgent
from session1.reuse.answer_cache import AnswerCache
from session1.runtime.agent_manager import AgentManager
from session1.runtime.batches import batch_execute, execute_tasks_concurrently
from session1.runtime.cpu_map import cpu_map
from session1.runtime.fetch import fetch_all
from session1.tool import Tool

Call = Callable[[], Any]


def llm(**options: Any) -> SimulatedLLM:
    return SimulatedLLM(**options)


def fast(**options: Any) -> FastResponseAgent:
    return FastResponseAgent("a", llm(), **options)


def tools(given: Any = (), **options: Any) -> OptimizedToolAgent:
    return OptimizedToolAgent("a", llm(), given, **options)


def composed(**options: Any) -> ComposedAgent:
    with MemoryManager() as memory:
        return ComposedAgent(llm(), memory, **options)


def nothing_stored() -> None:
    with MemoryManager() as memory:
        memory.put_many(NO)


class Own:
    """A client as one might write it, with the parts given."""

    model = "own"

    def __init__(self, **parts: Any) -> None:
        vars(self).update(parts)

    def count_tokens(self, text: str) -> int:
        return len(text)


async def plain(prompt: Any, **_: Any) -> str:
    return "plain text"


async def none(prompt: Any, **_: Any) -> Any:
    yield "a"
    yield None


def own(kind: Any, **parts: Any) -> Any:
    return kind("a", Own(**parts)).process_message("Who are you?")


NO: Any = None
FIVE: Any = 5
X: Any = "x"
WRONG: dict[str, list[Call]] = {
    "question": [
        lambda: SemanticCache().get(NO),
        lambda: SemanticCache().get(FIVE),
        lambda: SemanticCache().put(NO, 1),
        lambda: SemanticCache().pop(NO),
    ],
    "base": [lambda: SemanticCache(FIVE)],
    "judge": [lambda: SemanticCache(judge=FIVE)],
    "message": [
        lambda: AnswerCache().find(NO),
        lambda: AnswerCache().given(FIVE),
        lambda: AnswerCache().store(NO, "x", 1.0),
        lambda: tools().process_message(NO),
        lambda: tools([Tool("f", "", print)]).process_message(FIVE),
    ],
    "text": [lambda: AnswerCache().store("x", NO, 1.0)],
    "cost_s": [lambda: AnswerCache().store("x", "y", X)],
    "keep": [lambda: AnswerCache().trim(NO)],
    "threshold": [lambda: AnswerCache(threshold=X)],
    "semantic": [lambda: fast(semantic=FIVE)],
    "maxsize": [lambda: TTLCache(X)],
    "ttl": [lambda: TTLCache(5, X), lambda: fast(ttl=X), lambda: tools(ttl=X)],
    "max_cached": [lambda: fast(max_cached=X), lambda: composed(max_cached=X)],
    "Messages": [lambda: fast().process_message_fast("Hi", [X])],
    "query": [lambda: KnowledgeBase().search(NO), lambda: KnowledgeBase().search(FIVE)],
    "embedder": [lambda: KnowledgeBase(embedder=FIVE)],
    "tasks": [
        lambda: batch_execute(NO),
        lambda: execute_tasks_concurrently(NO),
    ],
    "texts": [lambda: KnowledgeBase().add(["1"], NO)],
    "ids": [lambda: KnowledgeBase().delete(FIVE)],
    "llm_client": [
        lambda: MemoryOptimizedAgent("a", NO),
        lambda: ContextManager(llm_client=FIVE),
    ],
    "tools": [
        lambda: tools(NO),
        lambda: tools({"f": print}),
        lambda: composed(tools=NO),
    ],
    "tool_requests": [
        lambda: tools().execute_tools_parallel(NO),
        lambda: tools().execute_tools_parallel({"tool": "f"}),  # type: ignore[arg-type]
    ],
    "deadline": [lambda: tools(deadline=X)],
    "cacheable": [lambda: Tool("f", "", print, cacheable=X)],
    "parameters": [lambda: Tool("f", "", print, parameters=[1])],  # type: ignore[arg-type]
    "content": [lambda: llm().generate([Message("user", NO)])],
    "reply": [lambda: llm(reply=lambda _: NO).generate("Hi")],
    "'small'": [
        lambda: Router({"small": FIVE}),
        lambda: CachedLLMManager({"small": X}),
    ],
    "returns a Reply": [lambda: own(MemoryOptimizedAgent, generate=plain)],
    r"client with stream\(\)": [lambda: own(FastResponseAgent, generate=plain)],
    "a piece of a stream": [lambda: own(FastResponseAgent, stream=none)],
    "extra_body": [
        lambda: OpenAICompatibleLLM("m", "http://127.0.0.1:1", extra_body=FIVE)
    ],
    "records": [nothing_stored],
    "clock": [lambda: MemoryManager(clock=FIVE), lambda: composed(clock=FIVE)],
    "max_users": [lambda: composed(max_users=X)],
    "answers": [lambda: composed(answers=[1])],
    "monitor": [lambda: composed(monitor=FIVE)],
    "table": [lambda: composed(table=FIVE)],
    "factory": [lambda: AgentManager(2, 1, factory=FIVE)],
    "fn": [lambda: cpu_map(FIVE, [1])],
    "urls": [lambda: fetch_all(NO)],
}


@pytest.mark.parametrize(
    ("name", "call"), [(name, call) for name, calls in WRONG.items() for call in calls]
)
def test_the_parameter_is_named(name: str, call: Call) -> None:
    with pytest.raises(TypeError, match=name):
        made = call()
        if inspect.isawaitable(made):
            asyncio.run(made)  # type: ignore[arg-type]


def test_a_message_has_a_role_that_there_is() -> None:
    wrong: Any = "bot"
    with pytest.raises(ValueError, match="no role 'bot'; there are system, user"):
        asyncio.run(llm().generate([Message(wrong, "Hi")]))


@pytest.mark.parametrize("message", ["", " \n"])
def test_an_empty_message_is_no_question_for_tools(message: str) -> None:
    agent = tools([Tool("f", "", print)])
    with pytest.raises(ValueError, match="empty: send at least one word"):
        asyncio.run(agent.process_message(message))
