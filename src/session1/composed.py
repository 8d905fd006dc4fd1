"""The parts put together: an agent that holds its key figures under load.

    message ─ measured ─ kept answer? ─ deadline ─ pool of workers ─ router ─ models
                             └── or a stand-in ──────┘
              remembered, in batches, beside the answer

Hits never wait for a worker: the pool is behind the cache, so only what needs a model
queues for one. Nobody waits for the memory: turns are written down a moment later.
"""

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self, cast

from session1.base_agent import BaseAgent
from session1.fast_response_agent import FastResponseAgent
from session1.llm.client import LLMClient, OnEnd, Prompt, Reply, drained
from session1.llm.router import Router
from session1.memory.journal import Journal
from session1.memory.manager import MemoryManager
from session1.monitoring.manager import MonitoringManager
from session1.runtime.agent_manager import AgentManager


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


class ComposedAgent:
    """Answers from what is kept, else from the cheapest model that will do, in time.

    `models` are clients by their name in the price table; at most `max_agents` of their
    calls run at once, and one that gives no piece for `timeout` seconds is left for the
    next. `answers` are known beforehand. Each turn goes to `memory`, by
    `recall` to be read again. Use it with `async with`. `clock` times and expires.
    """

    def __init__(
        self,
        models: Mapping[str, LLMClient],
        memory: MemoryManager,
        *,
        answers: Mapping[str, str] | None = None,
        target_response_time: float = 2.0,
        max_cached: int = 10_000,
        max_agents: int = 50,
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
        self.fast = FastResponseAgent(
            "composed",
            PooledLLM(self.workers, self.router),
            target_response_time=target_response_time,
            max_cached=max_cached,
            clock=clock,
        )
        for message, answer in (answers or {}).items():
            self.fast.precompute(message, answer)
        self.memory = memory
        self.memory.create_index("user")
        self.journal = Journal(memory, on_error=self.monitor.record_error)
        self.ask = self.monitor.track(self._ask, "ask")

    async def _ask(self, message: str, user: str = "someone") -> dict[str, Any]:
        """`response`, `response_time`, `cache_hit` and `fallback`."""
        answer = await self.fast.process_message_fast(message)
        self.journal.add(
            {"user": user, "message": message, "response": answer["response"]}
        )
        return answer

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
        await self.journal.flush()
