"""The parts put together: an agent that holds its key figures under load.

    message ─ measured ─ kept answer? ─ deadline ─ pool of workers ─ router ─ models
                             └── or a stand-in ──────┘
              remembered, in batches, beside the answer

Hits never wait for a worker: the pool is behind the cache, so only what needs a model
queues for one. Nobody waits for the memory: turns are written down a moment later.
"""

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self, cast

from session1.base_agent import MAX_TOKENS, BaseAgent
from session1.caching.ttl import TTLCache
from session1.fast_response_agent import Asked, FastResponseAgent
from session1.llm.client import LLMClient, Message, OnEnd, Prompt, Reply, drained
from session1.llm.router import Router
from session1.memory.journal import Journal
from session1.memory.manager import MemoryManager
from session1.monitoring.manager import MonitoringManager
from session1.optimized_tools import OptimizedToolAgent
from session1.runtime.agent_manager import AgentManager
from session1.tool import Tool
from session1.tool_plan import answer_prompt, plan_tools

READ = 1000  # turns at most, from memory, when a user comes back
_earlier: ContextVar[str] = ContextVar("earlier", default="")


class PooledLLM:
    """A client whose every call needs a worker of a pool, for as long as it lasts."""

    def __init__(self, workers: AgentManager[BaseAgent], llm: LLMClient) -> None:
        self.workers = workers
        self.model = llm.model
        self.count_tokens = llm.count_tokens

    async def generate(self, prompt: Prompt, **options: Any) -> Reply:
        """The whole answer, by the next worker to come free."""
        return await drained(self.stream, prompt, **options)

    async def stream(
        self, prompt: Prompt, *, on_end: OnEnd | None = None, **options: Any
    ) -> AsyncGenerator[str, None]:
        """The answer piece by piece; PoolTimeout if no worker comes free."""
        async with self.workers.agent() as worker:
            pieces = worker.llm_client.stream(prompt, on_end=on_end, **options)
            async with aclosing(cast(AsyncGenerator[str, None], pieces)):
                async for piece in pieces:
                    yield piece

    async def aclose(self) -> None:
        """Close the pool."""
        await self.workers.close()


class Composed(FastResponseAgent):
    """Shows the model what a user said before, and what tools returned."""

    def __init__(
        self,
        llm_client: LLMClient,
        tools: Iterable[Tool],
        *,
        clock: Callable[[], float],
        **options: Any,
    ) -> None:
        super().__init__("composed", llm_client, clock=clock, **options)
        self.tools = OptimizedToolAgent("composed", llm_client, tools, clock=clock)

    def prompt(self, message: str) -> list[Message]:
        """The system prompt with what was said earlier, then `message`."""
        earlier = _earlier.get()
        system = f"{self.system}\n\nConversation so far:\n{earlier}"
        return [
            Message("system", system if earlier else self.system),
            Message("user", message),
        ]

    @property
    def _plain(self) -> bool:
        return not _earlier.get()

    async def _prepared(self, asked: Asked) -> Asked:
        """The same with the results of tools; kept only if those may be kept."""
        tools = self.tools.tools
        system, question = asked.prompt
        calls = await plan_tools(self.llm_client, tools.values(), question.content)
        if not calls:
            return asked
        results = await self.tools.execute_tools_parallel(calls)
        prompt = answer_prompt(question.content, results, system.content)
        keep = all(result["success"] for result in results) and all(
            self.tools.keeps(call["tool"]) for call in calls
        )
        return Asked(asked.key, prompt, keep)


class ComposedAgent:
    """Answers from what is kept, else from the cheapest model that will do, in time.

    `models` are clients by their name in the price table; at most `max_agents` of their
    calls run at once, and one that gives no piece for `timeout` seconds is left for the
    next. `answers` are known beforehand. Each turn goes to `memory`, by
    `recall` to be read again. The model is shown the latest `shown_turns` of the user;
    what it then says is reused for the same prompt only. Of `tools` it may call any.
    Use it with `async with`. `clock` times and expires.
    """

    def __init__(
        self,
        models: Mapping[str, LLMClient],
        memory: MemoryManager,
        *,
        answers: Mapping[str, str] | None = None,
        tools: Iterable[Tool] = (),
        shown_turns: int = 0,
        system_prompt: str | None = None,
        target_response_time: float = 2.0,
        max_cached: int = 10_000,
        max_agents: int = 50,
        max_tokens: int = MAX_TOKENS,
        timeout: float | None = 10.0,
        monitor: MonitoringManager | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.monitor = monitor or MonitoringManager(clock=clock)
        self.router = Router(models, timeout=timeout, clock=clock)
        self.workers: AgentManager[BaseAgent] = AgentManager(
            max_agents,
            min(5, max_agents),
            factory=lambda: BaseAgent("worker", "Model worker", self.router),
            clock=clock,
        )
        self.fast = Composed(
            PooledLLM(self.workers, self.router),
            tools,
            system_prompt=system_prompt,
            target_response_time=target_response_time,
            max_cached=max_cached,
            max_tokens=max_tokens,
            clock=clock,
        )
        for message, answer in (answers or {}).items():
            self.fast.precompute(message, answer)
        self.shown_turns = shown_turns
        self._latest: TTLCache[str, deque[str]] = TTLCache(max_cached, clock=clock)
        self.memory = memory
        self.memory.create_index("user")
        self.journal = Journal(memory, on_error=self.monitor.record_error)
        self.ask = self.monitor.track(self._ask, "ask")

    async def _ask(self, message: str, user: str = "someone") -> dict[str, Any]:
        """`response`, `response_time`, `cache_hit` and `fallback`."""
        latest = await self._turns(user)
        token = _earlier.set("\n".join(latest))
        try:
            answer = await self.fast.process_message_fast(message)
        finally:
            _earlier.reset(token)
        turn = {"user": user, "message": message, "response": answer["response"]}
        self.journal.add(turn)
        latest.append(_told(turn))
        return answer

    async def _turns(self, user: str) -> "deque[str]":
        """The latest turns of a user, read from memory the first time."""
        if not self.shown_turns:
            return deque(maxlen=0)
        latest: deque[str] | None = self._latest.get(user)
        if latest is None:
            turns = map(_told, await self.recall(user, READ))
            latest = deque(turns, self.shown_turns)
            self._latest.put(user, latest)
        return latest

    async def process_message(self, message: str) -> str:
        """The answer alone."""
        response: str = (await self.ask(message))["response"]
        return response

    async def recall(self, user: str, limit: int = 10) -> list[dict[str, Any]]:
        """Up to `limit` turns of a user, the first ones first."""
        await self.journal.flush()
        return self.memory.retrieve({"user": user}, limit)

    async def __aenter__(self) -> Self:
        await self.workers.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.workers.close()
        self.fast.tools.close()
        await self.journal.flush()


def _told(turn: Mapping[str, Any]) -> str:
    return f"user: {turn['message']}\nassistant: {turn['response']}"
