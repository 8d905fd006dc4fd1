"""The fast agent most people write first: fast to answer, and sometimes wrong.

Kept to be measured against. Its faults:

* similar means the same: words between spaces, Jaccard above 0.7, and "safe" gets the
  answer to "not safe"; every kept message is looked at for every lookup;
* the stand-in given at the deadline is kept like an answer, for good and for all
  similar questions; the model's late answer is thrown away;
* a timeout that the model raises itself is taken for the deadline;
* the target follows the times of all responses, hits and stand-ins included.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from session1.base_agent import BaseAgent
from session1.latency.closed_loop import NaiveTuner
from session1.latency.fallback import fallback
from session1.llm.client import LLMClient


class NaiveResponseAgent(BaseAgent):
    """Answers in a dict, searched by words, with a deadline around the model."""

    def __init__(
        self,
        name: str,
        llm_client: LLMClient,
        *,
        target_response_time: float = 2.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(name, "Naive response agent", llm_client)
        self.target_response_time = target_response_time
        self.response_cache: dict[str, str] = {}
        self.tuner = NaiveTuner()
        self._clock = clock

    async def process_message(self, message: str) -> str:
        """The answer alone."""
        response: str = (await self.process_message_fast(message))["response"]
        return response

    async def process_message_fast(self, message: str) -> dict[str, Any]:
        """`response`, `response_time` in seconds and `cache_hit`."""
        began = self._clock()
        response, hit = self.response_cache.get(message), True
        if response is None:
            response, hit = self.similar(message), True
        if response is None:
            response, hit = await self._in_time(message), False
            self.response_cache[message] = response
        seconds = self._clock() - began
        self.tuner.record(seconds)
        return {"response": response, "response_time": seconds, "cache_hit": hit}

    def similar(self, message: str) -> str | None:
        """Return the answer to the most similar message, if it is similar enough."""
        asked, best, found = set(message.lower().split()), 0.7, None
        for other, response in self.response_cache.items():
            held = set(other.lower().split())
            alike = len(asked & held) / len(asked | held)
            if alike > best:
                best, found = alike, response
        return found

    async def optimize_performance(self) -> None:
        """Fit the target to the times of all responses so far."""
        self.target_response_time = self.tuner.tune(self.target_response_time)

    async def _in_time(self, message: str) -> str:
        try:
            return await asyncio.wait_for(
                super().process_message(message), self.target_response_time
            )
        except TimeoutError:
            return fallback(message)
