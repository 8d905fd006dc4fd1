"""Fast answers from what tools return: plan, call, answer, each no more than once.

    message ─ kept answer? ─ plan (kept) ─ tools (kept) ─ model ─ kept, if it may be
                           └ model, where the plan is not likely to name a tool

Most questions need no tool, and their answer need not wait for a plan that says so: it
is begun beside it. Where the plan names a tool all the same, that answer ends unread.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from functools import partial
from types import TracebackType
from typing import Any, Self

from session1.caching.ttl import TTLCache
from session1.fast_response_agent import Asked, FastResponseAgent
from session1.latency.broadcast import Broadcast
from session1.llm.client import LLMClient, Message, OnEnd, Reply
from session1.llm.request import key_of
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool
from session1.tool_plan import (
    answer_prompt,
    latest_turns,
    near,
    needs_no_plan,
    plan_tools,
)
from session1.turns import leans

COME = 60.0  # seconds that an answer is there for who was told to ask again
PLANNED = 3600.0  # seconds that a plan is used for the same question


class Answering(FastResponseAgent):
    """Answers from what tools return, where the model calls any."""

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
        self._plans: TTLCache[Hashable, list[dict[str, Any]]] = TTLCache(
            self.max_cached, PLANNED, clock=clock
        )
        self._come: TTLCache[str, str] = TTLCache(self.max_cached, COME, clock=clock)

    def late_answer(
        self, message: str, earlier: Sequence[Message]
    ) -> dict[str, Any] | None:
        """The answer to a message that got a stand-in, if it has come meanwhile.

        Also one that may not be kept: its tools must not run again for it.
        """
        began = self._clock()
        text: str | None = self._come.get(self._asked(message, earlier).key)
        return None if text is None else self._answer(text, "exact", began)

    async def _generate(self, asked: Asked) -> str:
        text = await super()._generate(asked)
        self._come.put(asked.key, text)
        return text

    @asynccontextmanager
    async def _said(
        self, asked: Asked, on_end: OnEnd
    ) -> AsyncIterator[tuple[Asked, AsyncIterator[str]]]:
        """The answer, from the results of tools where the model calls any."""
        _, *earlier, last = asked.prompt
        question, offered = last.content, self.tools.tools
        shown = tuple(latest_turns(earlier)) if leans(question) else ()
        key = question, shown, tuple(offered)
        calls: list[dict[str, Any]] | None = self._plans.get(key)
        if not offered or needs_no_plan(question, offered.values()):
            calls = []
        plan = partial(self._planned, key, question, shown)
        if calls is None and not near(question, offered.values()):
            with _Ahead(partial(self._stream, asked)) as answer:
                calls = await plan()
                if not calls:
                    yield asked, answer.read(on_end)
                    return
        calls = await plan() if calls is None else calls
        if calls:
            asked = await self._informed(asked, deepcopy(calls))
            if kept := self.answers.exact(asked.key, asked.key):
                yield asked, _at_once(kept.text)
                return
        yield asked, self._stream(asked, on_end)

    async def _planned(
        self, key: Hashable, question: str, shown: Sequence[Message]
    ) -> list[dict[str, Any]]:
        """The calls to make; a plan is made once for what it is made from."""
        tools = self.tools.tools.values()
        calls = await plan_tools(self.llm_client, tools, question, earlier=shown)
        self._plans.put(key, calls)
        return calls

    async def _informed(self, asked: Asked, calls: list[dict[str, Any]]) -> Asked:
        """The same with the results of tools.

        Its answer is kept for the question if those may be kept, else for the same
        results only, and not at all if a tool failed.
        """
        _, *earlier, question = asked.prompt
        results = await self.tools.execute_tools_parallel(calls)
        prompt = answer_prompt(question.content, results, self.system, earlier)
        asked = asked._replace(
            prompt=prompt, keep=all(result["success"] for result in results)
        )
        if all(self.tools.keeps(call["tool"]) for call in calls):
            return asked
        key = key_of(self.llm_client.model, prompt, ())
        return asked._replace(key=key, similar=False)


async def _at_once(text: str) -> AsyncIterator[str]:
    yield text


class _Ahead:
    """An answer that is begun before anybody knows whether it is wanted."""

    def __init__(self, begin: Callable[[OnEnd], AsyncIterator[str]]) -> None:
        self._pieces = Broadcast()
        self._ended: list[Reply] = []
        self._task = asyncio.create_task(self._fill(begin(self._ended.append)))

    async def read(self, on_end: OnEnd) -> AsyncIterator[str]:
        """The pieces from the first on, then the end."""
        async for piece in self._pieces.read():
            yield piece
        for reply in self._ended:
            on_end(reply)

    async def _fill(self, pieces: AsyncIterator[str]) -> None:
        try:
            async for piece in pieces:
                self._pieces.put(piece)
        except BaseException as e:
            self._pieces.close(e)
            if not isinstance(e, Exception):
                raise
        else:
            self._pieces.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # for the same reason: a model whose reader gave up on it has failed
        cancelled = isinstance(error, asyncio.CancelledError)
        self._task.cancel(*(error.args if error and cancelled else ()))
