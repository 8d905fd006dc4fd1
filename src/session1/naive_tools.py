"""The tool agent most people write first: right in a test with one caller.

Kept to be measured against. Its faults, which `tests/session1/test_naive_tools.py`
shows one by one:

* identical calls made at the same time all run;
* a key is the parameters' text: equal parameters in another order inside get another
  key, and different short-lived objects that took each other's place in memory share
  one, so that a wrong answer is served;
* every caller gets the very object that is kept, and can change it for all others;
* every tool is cacheable that nobody thought to forbid, and failures that a tool
  returns are kept for an hour;
* nothing ever leaves the cache, no call has a deadline, and a blocking tool stops
  the loop although a thread pool was made for it;
* calls that fail are not counted, and a tool that cancels itself puts an exception
  where a result should be.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from session1.base_agent import BaseAgent
from session1.llm.client import LLMClient
from session1.tool import Tool

FORBIDDEN = {"web_search", "current_time", "random_generator", "file_write"}


class NaiveToolAgent(BaseAgent):
    """Tools behind a dict, with a deny-list, and `asyncio.gather` around them."""

    def __init__(
        self,
        name: str,
        llm_client: LLMClient,
        tools: Iterable[Tool],
        *,
        ttl: float = 3600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(name, "Naive tool agent", llm_client)
        self.tools = {tool.name: tool for tool in tools}
        self.tool_cache: dict[str, tuple[float, Any]] = {}
        self.execution_stats: dict[str, dict[str, float]] = {}
        self.thread_pool = ThreadPoolExecutor(max_workers=4)
        self.ttl = ttl
        self._clock = clock

    async def execute_tool_cached(
        self, tool_name: str, params: Mapping[str, Any]
    ) -> Any:
        """The kept result if it is younger than `ttl` seconds, else a new one."""
        began = self._clock()
        key = self._cache_key(tool_name, params)
        kept = self.tool_cache.get(key)
        if kept and began - kept[0] < self.ttl:
            self._count(tool_name, self._clock() - began, hit=True)
            return kept[1]
        if tool_name not in self.tools:
            raise ValueError(f"no tool {tool_name}")
        result = await self.tools[tool_name].execute(params)
        if tool_name not in FORBIDDEN:
            self.tool_cache[key] = (self._clock(), result)
        self._count(tool_name, self._clock() - began, hit=False)
        return result

    async def execute_tools_parallel(
        self, tool_requests: Sequence[Mapping[str, Any]]
    ) -> list[Any]:
        """All requests at once; a failure becomes an answer that says so."""

        async def attempt(request: Mapping[str, Any]) -> dict[str, Any]:
            name = request["tool"]
            try:
                result = await self.execute_tool_cached(name, request.get("params", {}))
            except Exception as e:
                return {"success": False, "error": str(e), "tool": name}
            return {"success": True, "result": result, "tool": name}

        attempts = [attempt(request) for request in tool_requests]
        answers = await asyncio.gather(*attempts, return_exceptions=True)
        return [
            {"success": False, "error": str(answer), "tool": "unknown"}
            if isinstance(answer, Exception)
            else answer
            for answer in answers
        ]

    def get_performance_stats(self) -> dict[str, Any]:
        """Calls, hits and times, of the calls that did not fail."""
        calls = sum(s["total_calls"] for s in self.execution_stats.values())
        hits = sum(s["cache_hits"] for s in self.execution_stats.values())
        return {
            "total_tool_calls": calls,
            "total_cache_hits": hits,
            "cache_hit_rate_pct": hits / calls * 100 if calls else 0,
            "tool_stats": self.execution_stats,
            "cache_size": len(self.tool_cache),
            "thread_pool_size": 4,
        }

    def _cache_key(self, tool_name: str, params: Mapping[str, Any]) -> str:
        text = f"{tool_name}({sorted(params.items())})"
        return hashlib.md5(text.encode()).hexdigest()

    def _count(self, tool_name: str, seconds: float, *, hit: bool) -> None:
        stats = self.execution_stats.setdefault(
            tool_name,
            {"total_calls": 0, "cache_hits": 0, "total_time": 0.0, "avg_time": 0.0},
        )
        stats["total_calls"] += 1
        stats["cache_hits"] += hit
        stats["total_time"] += seconds
        stats["avg_time"] = stats["total_time"] / stats["total_calls"]
