"""Fast answers from what tools return: plan, call, answer, each no more than once.

message ─ kept answer? ─ plan (kept) ─ tools (kept) ─ model ─ kept, if it may be
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import deepcopy
from typing import Any

from session1.caching.ttl import TTLCache
from session1.fast_response_agent import Asked, FastResponseAgent
from session1.llm.client import LLMClient, Message
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool
from session1.tool_plan import answer_prompt, latest_turns, needs_no_plan, plan_tools
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

    async def _prepared(self, asked: Asked) -> Asked:
        """The same with the results of tools; kept only if those may be kept."""
        _, *earlier, question = asked.prompt
        calls = await self._planned(question.content, earlier)
        if not calls:
            return asked
        results = await self.tools.execute_tools_parallel(calls)
        prompt = answer_prompt(question.content, results, self.system, earlier)
        keep = all(result["success"] for result in results) and all(
            self.tools.keeps(call["tool"]) for call in calls
        )
        return asked._replace(prompt=prompt, keep=keep)

    async def _planned(
        self, question: str, earlier: Sequence[Message]
    ) -> list[dict[str, Any]]:
        """The calls to make; a plan is made once for what it is made from."""
        offered = self.tools.tools
        if needs_no_plan(question, offered.values()):
            return []
        shown = tuple(latest_turns(earlier)) if leans(question) else ()
        key = question, shown, tuple(offered)
        calls: list[dict[str, Any]] | None = self._plans.get(key)
        if calls is None:
            calls = await plan_tools(
                self.llm_client, offered.values(), question, earlier=shown
            )
            self._plans.put(key, calls)
        return deepcopy(calls)  # a tool may change what it is given
