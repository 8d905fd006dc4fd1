"""An agent whose tools run once for equal questions and side by side for the rest."""

import time
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from session1.base_agent import MAX_TOKENS, BaseAgent
from session1.caching.keys import Uncacheable, key_of
from session1.caching.single_flight import SingleFlight
from session1.caching.snapshot import Snapshot, Uncopyable, copied
from session1.caching.ttl import TTLCache
from session1.deadlines import Exited, reason
from session1.limits import message as check_message
from session1.limits import number, positive_int, several
from session1.llm.client import LLMClient
from session1.monitoring.tool_stats import ToolStats
from session1.named import Named
from session1.runtime.batch import GiveUp, Outcome, run_batch
from session1.runtime.pools import Pools
from session1.runtime.tool_call import Call, Runner, runner
from session1.runtime.watchdog import Watchdog
from session1.tool import Tool
from session1.tool_plan import answer_with, needs_no_plan, plan_tools

# Their results depend on the moment or change the world, whatever is declared.
NEVER_CACHED = frozenset(
    {"web_search", "current_time", "random_generator", "file_write"}
)


class OptimizedToolAgent(BaseAgent):
    """Runs tools with a cache, single-flight, deadlines and statistics.

    `ttl` and `deadline` are seconds, `max_cached` counts results, `limit` the calls of
    one batch that run at a time. A call that outlives its caller may go on for
    `patience` seconds (ten deadlines) to leave its result in the cache. Plain functions
    run on `threads` of its own, those that hang are replaced. `clock` times
    the statistics and the ttl; deadlines follow the event loop.
    """

    tool_cache = Named("clear_cache(), or get_performance_stats() for its size")
    thread_pool = Named("threads=..., of which get_performance_stats() says how many")
    _is_cacheable = Named("keeps(tool_name)")
    _update_stats = Named("execution_stats[tool_name]; each call is counted")

    def __init__(
        self,
        name: str,
        llm_client: LLMClient,
        tools: Iterable[Tool],
        *,
        ttl: float = 3600.0,
        max_cached: int = 1000,
        limit: int = 64,
        deadline: float = 30.0,
        patience: float | None = None,
        threads: int = 4,
        system_prompt: str | None = None,
        max_tokens: int = MAX_TOKENS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            name,
            "Optimized tool agent",
            llm_client,
            system_prompt=system_prompt,
            max_tokens=max_tokens,
        )
        self.limit = positive_int("limit", limit)
        self.rejected_requests = 0
        self.tools: dict[str, Tool] = {}
        self.execution_stats: dict[str, ToolStats] = {}
        self._cacheable: set[str] = set()
        self._runners: dict[str, Runner] = {}
        positive_int("threads", threads)
        number("deadline", deadline)
        self._pools = Pools(threads, patience=deadline)
        self._watchdog = Watchdog(deadline, hint=self._pools.hint)
        self._clock = clock
        self._cache: TTLCache[Hashable, Snapshot[Any]] = TTLCache(
            max_cached, ttl, clock=clock
        )
        self._flights: SingleFlight[Hashable, _Shared] = SingleFlight(
            10 * deadline if patience is None else patience
        )
        if isinstance(tools, Tool):
            raise TypeError(f"tools are a list: write [{tools.name}], even for one")
        for tool in several("tools", tools):
            self.add_tool(tool)

    def add_tool(self, tool: Tool) -> None:
        """Offer one more tool; its name must be new."""
        if not isinstance(tool, Tool):
            kind = type(tool).__name__
            raise TypeError(
                f"a tool is a Tool(name, description, function), not a {kind}"
            )
        if tool.name in self.tools:
            raise ValueError(f"two tools are named {tool.name!r}; rename one")
        self._runners[tool.name] = runner(tool, self._pools)
        self.tools[tool.name] = tool
        if _is_cacheable(tool):
            self._cacheable.add(tool.name)
        self.execution_stats[tool.name] = ToolStats()

    async def execute_tool_cached(
        self, tool_name: str, params: Mapping[str, Any]
    ) -> Any:
        """The tool's result: kept, shared with a call that runs already, or new.

        Raises what the tool raises, `TimeoutError` at the deadline and `ValueError`
        for an unknown name.
        """
        return await self._execute(tool_name, params)

    async def execute_tools_parallel(
        self, tool_requests: Iterable[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Run `{"tool": name, "params": {...}}` requests side by side.

        Answers in the order of the requests: `{"success": True, "result", "tool"}` or
        `{"success": False, "error", "tool"}`. One that fails costs the others nothing.
        """
        requests = list(several("tool_requests", tool_requests))
        outcomes = await run_batch(self._request, requests, self.limit)
        return [_answer(r, o) for r, o in zip(requests, outcomes, strict=True)]

    async def process_message(self, message: str) -> str:
        """Let the model plan tool calls, run them, and answer with their results.

        It quotes the results that answer the message, unless they are long. A plan
        that names no known tool is no plan: the model then answers alone, as it does a
        greeting.
        """
        check_message(message)
        offered, requests = self.tools.values(), []
        if not needs_no_plan(message, offered):
            requests = await plan_tools(self.llm_client, offered, message)
        if not requests:
            return await super().process_message(message)
        results = await self.execute_tools_parallel(requests)
        return await answer_with(
            self.llm_client,
            message,
            results,
            self.system_prompt,
            max_tokens=self.max_tokens,
        )

    def get_performance_stats(self) -> dict[str, Any]:
        """Totals over all tools, each tool's figures, and the sizes of what is kept."""
        tools = {name: s.figures() for name, s in self.execution_stats.items()}
        calls = sum(s["total_calls"] for s in tools.values())
        hits = sum(s["cache_hits"] for s in tools.values())
        return {
            "total_tool_calls": calls,
            "total_cache_hits": hits,
            "cache_hit_rate_pct": 100 * hits / calls if calls else 0.0,
            "total_coalesced": sum(s["coalesced"] for s in tools.values()),
            "tool_stats": tools,
            "cache_size": len(self._cache),
            "cache_evicted": self._cache.evicted,
            "cache_expired": self._cache.expired,
            "running": len(self._flights),
            "rejected_requests": self.rejected_requests,
            "thread_pool_size": self._pools.threads,
            "stuck_threads": self._pools.stuck,
        }

    def clear_cache(self) -> None:
        """Forget every kept result."""
        self._cache.clear()

    def keeps(self, tool_name: str) -> bool:
        """Whether results of a tool may be served again."""
        return tool_name in self._cacheable

    def close(self) -> None:
        """Let go of the threads and processes; a later call starts others."""
        self._pools.close()

    def _cache_key(self, tool_name: str, params: Mapping[str, Any]) -> Hashable | None:
        """None where no key is safe: the tool then simply runs."""
        if tool_name not in self._cacheable:
            return None
        try:
            return key_of(tool_name, params)
        except Uncacheable:
            return None

    def _request(self, request: Any, give_up: GiveUp) -> Coroutine[Any, Any, Any]:
        if not _is_mapping(request) or "tool" not in request:
            return self._reject()
        return self._execute(request["tool"], request.get("params", {}), give_up)

    async def _reject(self) -> None:
        self.rejected_requests += 1
        raise ValueError('a request is a dict such as {"tool": name, "params": {}}')

    async def _execute(
        self, tool_name: str, params: Mapping[str, Any], give_up: GiveUp | None = None
    ) -> Any:
        self._check(tool_name, params)
        stats = self.execution_stats[tool_name]
        began = self._clock()
        key = self._cache_key(tool_name, params)
        if key is not None and (kept := self._cache.get(key)) is not None:
            result = kept.take()
            stats.hit(self._clock() - began)
            return result
        call = Call(self._watchdog, stats, self._clock, began, give_up)
        with call:
            stats.total_calls += 1
            if key is not None:
                return await self._share(key, tool_name, params)
            stats.executions += 1
            call.runs = True
            return await self._runners[tool_name](**params)

    def _check(self, tool_name: str, params: Mapping[str, Any]) -> None:
        """Raise ValueError for an unknown tool, TypeError unless params are a dict."""
        known = isinstance(tool_name, str) and tool_name in self.tools
        if known and _is_mapping(params):
            return
        self.rejected_requests += 1
        if known:
            kind = type(params).__name__
            raise TypeError(f"params of {tool_name!r} are a {kind}, not a dict")
        names = ", ".join(self.tools) or "none"
        raise ValueError(f"Tool {tool_name!r} not available; there are: {names}")

    async def _share(self, key: Hashable, name: str, params: Mapping[str, Any]) -> Any:
        """The result of one run for all who ask while it runs."""
        stats = self.execution_stats[name]
        joins = key in self._flights
        if joins:
            stats.coalesced += 1
        else:
            stats.executions += 1
            # The run may outlive this call, whose caller may then change the params.
            params = copied(dict(params))
        work = partial(self._run_and_keep, key, name, params)
        shared = await self._flights.run(key, work)
        if shared.snapshot is not None:
            return shared.snapshot.take()
        if not joins:
            return shared.result
        # Such as a generator: two callers would take turns at one. Run another.
        stats.coalesced -= 1
        stats.executions += 1
        return await self._run(name, params)

    async def _run_and_keep(
        self, key: Hashable, name: str, params: Mapping[str, Any]
    ) -> "_Shared":
        result = await self._run(name, params)
        try:
            snapshot = Snapshot(result)
        except Uncopyable:
            return _Shared(result, None)
        if not _is_error(result):
            self._cache.put(key, snapshot)
        return _Shared(None, snapshot)

    async def _run(self, name: str, params: Mapping[str, Any]) -> Any:
        began = self._clock()
        try:
            return await self._runners[name](**params)
        except SystemExit as e:
            raise Exited(e) from e
        finally:
            self.execution_stats[name].executed(self._clock() - began)


@dataclass(frozen=True, slots=True)
class _Shared:
    """The outcome of a shared run: a snapshot, or the result if it has no copies."""

    result: Any
    snapshot: Snapshot[Any] | None


def _is_cacheable(tool: Tool) -> bool:
    return tool.cacheable and tool.name not in NEVER_CACHED


def _is_mapping(value: Any) -> bool:
    return type(value) is dict or isinstance(value, Mapping)  # the first is faster


def _is_error(result: Any) -> bool:
    """Whether a tool returned its failure instead of raising it, as far as it tells."""
    if not isinstance(result, Mapping):
        return False
    try:
        return bool(result.get("error")) or result.get("success") is False
    except Exception:  # such as an array of errors, which is neither true nor false
        return True


def _answer(request: Any, outcome: Outcome[Any]) -> dict[str, Any]:
    name = request.get("tool", "unknown") if _is_mapping(request) else "unknown"
    if outcome.error is None:
        return {"success": True, "result": outcome.value, "tool": name}
    return {"success": False, "error": reason(outcome.error), "tool": name}
