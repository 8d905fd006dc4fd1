"""The names of module B and of the performance guide, one by one, each with an effect.

A name is there with the meaning it has in its document, or using it says what it is
called here. `NAMES` lists them by document; a row below takes some of them.
"""

import ast
import asyncio
import inspect
import pydoc
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from session1 import demo_runner, virtual_time
from session1.base_agent import BaseAgent
from session1.demo.local_site import local_site
from session1.fast_response_agent import FastResponseAgent
from session1.knowledge import KnowledgeBase
from session1.latency.fallback import STAND_INS, fallback
from session1.llm import SimulatedLLM
from session1.llm.cached import CachedLLMManager
from session1.llm.models import select_optimal_model, table
from session1.llm.speed import Speed
from session1.memory.context_manager import ContextManager
from session1.memory.entry import MemoryEntry
from session1.memory.manager import MemoryManager
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.monitoring.line_memory import profile_lines
from session1.monitoring.manager import MonitoringManager, track_performance
from session1.monitoring.profiling import profile_function
from session1.optimized_tools import OptimizedToolAgent
from session1.runtime.agent_manager import AgentManager
from session1.runtime.batches import batch_execute, execute_tasks_concurrently
from session1.runtime.connections import create_pool, pool_stats
from session1.runtime.cpu_map import cpu_map
from session1.runtime.fetch import fetch_external_data
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from session1.tool import Tool

NAMES = {
    "module B": """
        MemoryEntry content timestamp importance_score size_bytes
        MemoryOptimizedAgent name llm_client logger max_memory_mb max_memory_bytes
        memory_entries importance_threshold cleanup_interval message_count
        add_to_memory _cleanup_memory _aggressive_cleanup _get_total_memory_usage
        get_memory_stats get_compressed_context max_context_size _recency_score
        OptimizedToolAgent tools tool_cache execution_stats thread_pool _cache_key
        _is_cacheable execute_tool_cached tool_name params _update_stats
        execute_tools_parallel get_performance_stats execute
        FastResponseAgent response_cache precomputed_responses response_times
        target_response_time process_message_fast _generate_response_with_context
        _find_similar_response _get_fallback_response get_response_time_stats
        optimize_performance demo_runner
    """,
    "the guide": """
        AgentManager max_agents min_idle_agents pool_timeout enable_warmup
        register_agent Agent Task TaskQueue execute_tasks_concurrently
        execute_task_async batch_execute batch_size ContextManager max_tokens
        compression_threshold enable_summarization add_context importance
        get_context_summary LLMManager CachedLLMManager cache cache_hits cache_misses
        generate_cache_key generate_with_cache get_cache_stats select_optimal_model
        generate generate_stream MemoryManager config create_index retrieve filter
        limit use_index projection retrieve_all delete_where schedule KnowledgeBase
        vector_dimension index_type ef_construction m embed_batch search query top_k
        ef_search threshold poolclass pool_size max_overflow
        pool_pre_ping pool_recycle fetch_external_data processes MonitoringManager
        record_metric metric value tags record_error error context track_performance
        profile_function profile
    """,
}
ROWS: list[tuple[str, Callable[[], None]]] = []


def row(names: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let a function check `names`."""

    def add(check: Callable[[], None]) -> Callable[[], None]:
        ROWS.append((names, check))
        return check

    return add


def virtual(main: Callable[..., Any], *args: Any) -> Any:
    """What `main` gives, its waits skipped."""
    return virtual_time.run(main, *args).value


def called(holder: Any, name: str, instead: str) -> None:
    """To read, or to set, `name` of `holder` says to use `instead`."""
    with pytest.raises(AttributeError, match=rf"no {name}: use .*{instead}"):
        getattr(holder, name)
    with pytest.raises(AttributeError, match=rf"no {name}: use .*{instead}"):
        setattr(holder, name, {})


def remembering(**more: Any) -> MemoryOptimizedAgent:
    return MemoryOptimizedAgent("ada", SimulatedLLM(), **more)


@row("MemoryEntry content timestamp importance_score size_bytes")
def _() -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    entry = MemoryEntry(
        content="hi", timestamp=when, importance_score=0.5, size_bytes=51
    )
    assert entry == MemoryEntry("hi", when, 0.5, 51)
    assert entry.timestamp + timedelta(1) > when


@row("MemoryOptimizedAgent name llm_client logger max_memory_mb max_memory_bytes")
def _() -> None:
    llm = SimulatedLLM()
    agent = MemoryOptimizedAgent(name="ada", llm_client=llm, max_memory_mb=0.5)
    assert (agent.name, agent.llm_client) == ("ada", llm)
    assert agent.logger.name.endswith("ada")
    assert agent.max_memory_bytes == 0.5 * 1024 * 1024
    assert remembering().max_memory_bytes == 10 * 1024 * 1024


@row("add_to_memory memory_entries message_count")
def _() -> None:
    agent = remembering()
    agent.add_to_memory("first")
    agent.add_to_memory("second", 0.9)
    assert [e.content for e in agent.memory_entries] == ["first", "second"]
    assert [e.importance_score for e in agent.memory_entries] == [0.5, 0.9]
    assert agent.message_count == 2
    called(agent.memory_entries, "append", "add_to_memory")
    called(agent.memory_entries, "maxlen", "memory.max_entries")


@row("cleanup_interval")
def _() -> None:
    agent = remembering(max_entries=100)
    assert agent.cleanup_interval == 100
    for i in range(99):
        agent.add_to_memory(f"remark {i}", 0.2)
    assert len(agent.memory_entries) == 99
    agent.add_to_memory("the hundredth", 0.6)
    assert len(agent.memory_entries) == 70  # 70 % of 99, and this one


@row("_cleanup_memory _aggressive_cleanup importance_threshold")
def _() -> None:
    agent = remembering(max_entries=100)
    for i in range(95):
        agent.add_to_memory(f"remark {i}", 0.2 + 0.6 * (i % 2))
    agent._cleanup_memory()
    assert len(agent.memory_entries) == 66  # 70 % of them
    low = [e for e in agent.memory_entries if e.importance_score < 0.5]
    for i in range(34):
        agent.add_to_memory(f"later {i}", 0.2)
    agent._aggressive_cleanup()
    held = agent.memory_entries
    assert len(held) == 70
    assert agent.importance_threshold == 0.5  # what is below goes first
    assert sum(e.importance_score > 0.5 for e in held) == 66 - len(low)


@row("_get_total_memory_usage _recency_score")
def _() -> None:
    agent = remembering()
    agent.add_to_memory("old", 0.5)
    agent.add_to_memory("new", 0.5)
    called(agent, "_get_total_memory_usage", "memory.bytes")
    assert agent.memory.bytes == sum(e.size_bytes for e in agent.memory_entries)
    called(agent, "_recency_score", r"memory.best_first\(\)")
    assert [e.content for e in agent.memory.best_first()] == ["new", "old"]


@row("get_memory_stats")
def _() -> None:
    agent = remembering()
    assert agent.get_memory_stats()["total_entries"] == 0
    agent.add_to_memory("one", 0.2)
    agent.add_to_memory("two", 0.4)
    stats = agent.get_memory_stats()
    assert stats["total_entries"] == 2
    assert stats["avg_importance_score"] == pytest.approx(0.3)
    assert stats["total_memory_mb"] * 1024 * 1024 == pytest.approx(agent.memory.bytes)
    assert stats["memory_utilization_pct"] == pytest.approx(
        100 * agent.memory.bytes / agent.max_memory_bytes
    )
    assert stats["oldest_entry_age_hours"] >= stats["memory_span_hours"] >= 0


@row("get_compressed_context max_context_size")
def _() -> None:
    agent = remembering()
    for i in range(50):
        agent.add_to_memory(f"remark number {i}", 0.9 if i == 7 else 0.3)
    context = agent.get_compressed_context(max_context_size=200)
    assert len(context) <= 200 and "number 7" in context
    assert "of 50 messages left out" in context
    assert len(agent.get_compressed_context()) <= 2000


def tooled(*tools: Tool) -> OptimizedToolAgent:
    return OptimizedToolAgent("ada", SimulatedLLM(), list(tools))


def adding(calls: list[int]) -> Tool:
    async def add(a: int, b: int) -> int:
        calls.append(a + b)
        return a + b

    return Tool("add", "The sum.", add, cacheable=True)


@row("OptimizedToolAgent tools execute execute_tool_cached tool_name params")
def _() -> None:
    calls: list[int] = []
    agent = OptimizedToolAgent(
        name="ada", llm_client=SimulatedLLM(), tools=[adding(calls)]
    )

    async def main() -> list[Any]:
        one = await agent.tools["add"].execute({"a": 1, "b": 1})
        ask = {"a": 1, "b": 2}
        two = await agent.execute_tool_cached(tool_name="add", params=ask)
        return [one, two, await agent.execute_tool_cached("add", {"b": 2, "a": 1})]

    assert virtual(main) == [2, 3, 3] and calls == [2, 3]
    with pytest.raises(ValueError, match="'sub' not available"):
        virtual(agent.execute_tool_cached, "sub", {})


@row("_cache_key _is_cacheable tool_cache")
def _() -> None:
    search = Tool("web_search", "The web.", lambda q: q, cacheable=True)
    agent = tooled(adding([]), search)
    key = agent._cache_key("add", {"a": 1, "b": 2})
    assert key == agent._cache_key("add", {"b": 2, "a": 1}) is not None
    assert key != agent._cache_key("add", {"a": 2, "b": 1})
    assert agent._cache_key("web_search", {"q": "x"}) is None
    called(agent, "_is_cacheable", "keeps")
    assert agent.keeps("add") and not agent.keeps("web_search")
    virtual(agent.execute_tool_cached, "add", {"a": 1, "b": 2})
    assert agent.get_performance_stats()["cache_size"] == 1
    called(agent, "tool_cache", "clear_cache")
    agent.clear_cache()
    assert agent.get_performance_stats()["cache_size"] == 0


@row("execution_stats _update_stats")
def _() -> None:
    agent = tooled(adding([]))
    for _ in range(4):
        virtual(agent.execute_tool_cached, "add", {"a": 1, "b": 2})
    stats = agent.execution_stats["add"]
    assert (stats["total_calls"], stats["cache_hits"]) == (4, 3)
    assert stats["avg_time"] == pytest.approx(stats["total_time"] / 4)
    called(agent, "_update_stats", "execution_stats")


@row("execute_tools_parallel")
def _() -> None:
    async def nap(seconds: float) -> float:
        await asyncio.sleep(seconds)
        if seconds == 2:
            raise ValueError("two")
        return seconds

    agent = tooled(Tool("nap", "Sleep.", nap))
    asked = [{"tool": "nap", "params": {"seconds": s}} for s in (1, 2, 3)]
    run = virtual_time.run(agent.execute_tools_parallel, asked)
    assert run.seconds == 3
    assert run.value == [
        {"success": True, "result": 1, "tool": "nap"},
        {"success": False, "error": "two", "tool": "nap"},
        {"success": True, "result": 3, "tool": "nap"},
    ]


@row("get_performance_stats thread_pool")
def _() -> None:
    agent = tooled(adding([]))
    for _ in range(4):
        virtual(agent.execute_tool_cached, "add", {"a": 1, "b": 2})
    stats = agent.get_performance_stats()
    assert (stats["total_tool_calls"], stats["total_cache_hits"]) == (4, 3)
    assert stats["cache_hit_rate_pct"] == 75 and stats["cache_size"] == 1
    assert stats["tool_stats"]["add"]["total_calls"] == 4
    assert stats["thread_pool_size"] == 4
    called(agent, "thread_pool", "threads=")
    more = OptimizedToolAgent("ada", SimulatedLLM(), [], threads=9)
    assert more.get_performance_stats()["thread_pool_size"] == 9


@row("FastResponseAgent process_message_fast response_cache response_times")
def _() -> None:
    llm = SimulatedLLM()
    fast = FastResponseAgent(name="ada", llm_client=llm)
    first = virtual(fast.process_message_fast, "Name a river.")
    again = virtual(fast.process_message_fast, "Name a river.")
    assert again["response"] == first["response"] and llm.usage.calls == 1
    assert (first["cache_hit"], again["cache_hit"]) == (False, True)
    assert first["response_time"] > again["response_time"] >= 0
    called(fast, "response_cache", r"answers\.find\(message\)")
    found = fast.answers.find("Name a river.")
    assert found is not None and found.text == first["response"]
    called(fast, "response_times", "times")
    assert fast.times.figures(2.0)["total_responses"] == 2


@row("precomputed_responses")
def _() -> None:
    llm = SimulatedLLM()
    fast = FastResponseAgent("ada", llm)
    fast.precomputed_responses["What are your hours?"] = "Nine to five."
    assert fast.precomputed_responses == {"What are your hours?": "Nine to five."}
    said = virtual(fast.process_message_fast, "What are your hours?")
    assert (said["response"], said["cache_hit"]) == ("Nine to five.", True)
    near = virtual(fast.process_message_fast, "what are your hours")
    assert (near["response"], near["cache_hit"]) == ("Nine to five.", "fuzzy")
    assert llm.usage.calls == 0
    del fast.precomputed_responses["What are your hours?"]
    assert not virtual(fast.process_message_fast, "What are your hours?")["cache_hit"]
    with pytest.raises(ValueError, match="message is empty"):
        fast.precomputed_responses[" "] = "?"


@row("_find_similar_response _get_fallback_response _generate_response_with_context")
def _() -> None:
    fast = FastResponseAgent("ada", SimulatedLLM())
    virtual(fast.process_message_fast, "What is a small robot?")
    called(fast, "_find_similar_response", r"answers\.find\(message\)")
    similar = fast.answers.find("what is a small robot")
    assert similar is not None and similar.how == "fuzzy"
    called(fast, "_get_fallback_response", r"fallback\(message\)")
    asking, telling = fallback("What is it?"), fallback("Tell me.")
    assert asking != telling and {asking, telling} <= set(STAND_INS)
    called(fast, "_generate_response_with_context", r"answer\(prompt\(message\)\)")
    assert virtual(fast.answer, fast.prompt("Hi.")) == "You said: Hi."


@row("target_response_time get_response_time_stats")
def _() -> None:
    slow = SimulatedLLM(speed=Speed(3.0, 0, 0, 0))
    fast = FastResponseAgent("ada", slow, clock=virtual_time.now)
    assert fast.target_response_time == 2.0
    assert fast.get_response_time_stats()["no_data"] is True
    run = virtual_time.run(fast.process_message_fast, "Name a river.")
    assert run.seconds == 2.0 and run.value["response"] in STAND_INS
    stats = fast.get_response_time_stats()
    assert stats["total_responses"] == 1 and stats["cache_entries"] == 0
    assert {f"p{n}_response_time" for n in (50, 90, 95)} <= stats.keys()
    for figure in ("avg", "min", "max"):
        assert stats[f"{figure}_response_time"] == 2.0
    assert stats["responses_under_target"] == stats["target_achievement_rate"] == 0


@row("optimize_performance")
def _() -> None:
    async def main() -> tuple[float, float]:
        quick = SimulatedLLM(speed=Speed(0.2, 0, 0, 0))
        fast = FastResponseAgent("ada", quick)
        before = fast.target_response_time
        for i in range(60):
            await fast.process_message_fast(f"Name river number {i}.")
        await fast.optimize_performance()
        return before, fast.target_response_time

    before, after = virtual(main)
    assert before == 2.0 and 0.2 < after < before


@row("demo_runner")
def _() -> None:
    with pytest.raises(SystemExit) as ended:
        demo_runner.main(["--help"])
    assert ended.value.code == 0


@row("AgentManager max_agents min_idle_agents pool_timeout enable_warmup")
def _() -> None:
    manager: AgentManager[BaseAgent] = AgentManager(
        max_agents=2,
        min_idle_agents=1,
        pool_timeout=30,
        enable_warmup=True,
        factory=lambda: BaseAgent("a", "x", SimulatedLLM()),
    )

    async def main() -> int:
        async with manager:
            warm = manager.stats().idle
            lent = [await manager.acquire(), await manager.acquire()]
            with pytest.raises(TimeoutError, match="2 of 2 agents"):
                await manager.acquire()
            for agent in lent:
                manager.release(agent)
            return warm

    run = virtual_time.run(main)
    assert run.value == manager.min_idle_agents == 1 and run.seconds == 30


@row("register_agent Agent")
def _() -> None:
    manager: AgentManager[BaseAgent] = AgentManager(max_agents=50)
    with pytest.raises(ImportError, match=r"no Agent: use .*BaseAgent\(name"):
        from session1.runtime.agent_manager import Agent  # noqa: F401
    manager.register_agent(BaseAgent("warmup_agent_0", "general", SimulatedLLM()))
    assert manager.stats().idle == 1


@row("Task execute_tasks_concurrently execute_task_async batch_execute batch_size")
def _() -> None:
    agent = BaseAgent("a", "x", SimulatedLLM())
    task = Task("Name a river.")
    assert virtual(agent.execute_task_async, task) == "You said: Name a river."
    naps = [Task("nap", asyncio.sleep, {"delay": 1, "result": i}) for i in range(20)]
    run = virtual_time.run(execute_tasks_concurrently, naps)
    assert (run.value, run.seconds) == (list(range(20)), 1)

    async def double(n: int) -> int:
        return 2 * n

    batches = batch_execute(
        [Task("", double, {"n": n}) for n in range(5)], batch_size=2
    )
    assert list(batches) == [[0, 2], [4, 6], [8]]


@row("TaskQueue")
def _() -> None:
    async def main() -> str:
        async with TaskQueue(limit=1) as queue:
            slow = await queue.submit(Task("", asyncio.sleep, {"delay": 1}))
            done: list[str] = []

            async def note(what: str) -> None:
                done.append(what)

            low = Task("", note, {"what": "low"})
            high = Task("", note, {"what": "high"}, priority=1)
            await asyncio.sleep(0.5)
            await asyncio.gather(
                slow, await queue.submit(low), await queue.submit(high)
            )
            return " ".join(done)

    assert virtual(main) == "high low"


@row("ContextManager max_tokens compression_threshold enable_summarization")
def _() -> None:
    said = SimulatedLLM(reply=lambda _: "Ada likes maps.")
    window = ContextManager(
        max_tokens=100,
        compression_threshold=0.8,
        enable_summarization=True,
        llm_client=said,
    )
    for i in range(40):
        window.add_context(f"Remark number {i} of a long talk.")
    assert window.tokens <= 80 and window.waiting
    virtual(window.compress)
    assert "Ada likes maps." in window.get_context_summary()
    with pytest.warns(UserWarning, match="pass llm_client="):
        ContextManager(max_tokens=100, enable_summarization=True)


@row("add_context importance get_context_summary")
def _() -> None:
    window = ContextManager(max_tokens=60)
    window.add_context("Keep this.", importance=1.0)
    window.add_context("Drop this first.", importance=0.3)
    for i in range(30):
        window.add_context(f"Remark number {i}.", importance=0.5)
    summary = window.get_context_summary()
    assert "Keep this." in summary and "Drop this first." not in summary


def cached(llm: SimulatedLLM) -> CachedLLMManager:
    return CachedLLMManager({"gpt-4": llm})


@row("CachedLLMManager LLMManager generate generate_cache_key")
def _() -> None:
    with pytest.raises(ImportError, match=r"no LLMManager: use CachedLLMManager"):
        from session1.llm.cached import LLMManager  # noqa: F401
    llm = SimulatedLLM()
    manager = cached(llm)
    for _ in range(2):
        reply = virtual(lambda: manager.generate(prompt="Hi.", model="gpt-4"))
        assert reply.text == "You said: Hi."
    assert llm.usage.calls == 1
    key = manager.generate_cache_key("Hi.", "gpt-4")
    assert key == manager.generate_cache_key("Hi.", "gpt-4")
    assert key != manager.generate_cache_key("Ho.", "gpt-4")


@row("generate_with_cache get_cache_stats cache cache_hits cache_misses")
def _() -> None:
    llm = SimulatedLLM(speed=Speed(0, 0, 0, 0))  # answers at once
    manager = cached(llm)
    said = {manager.generate_with_cache("Hi.", model="gpt-4") for _ in range(4)}
    assert said == {"You said: Hi."} and llm.usage.calls == 1
    stats = manager.get_cache_stats()
    assert (stats["hits"], stats["misses"], stats["hit_rate"]) == (3, 1, 0.75)
    called(manager, "cache_hits", "hits")
    called(manager, "cache_misses", "misses")
    assert (manager.hits, manager.misses) == (3, 1)
    called(manager, "cache", r"clear\(\)")
    manager.clear()
    assert manager.get_cache_stats()["cache_size"] == 0
    manager.close()


@row("generate_stream")
def _() -> None:
    async def main() -> list[str]:
        stream = cached(SimulatedLLM()).generate_stream("Explain it to a child.")
        return [chunk async for chunk in stream]

    chunks = virtual(main)
    assert len(chunks) > 3 and "".join(chunks) == "You said: Explain it to a child."


@row("select_optimal_model")
def _() -> None:
    chosen = [select_optimal_model(kind) for kind in ("simple", "complex")]
    costs = [table().models[name].cost(1000, 100) for name in chosen]
    assert costs[0] < costs[1]
    with pytest.raises(ValueError, match="no complexity 'simpel'"):
        select_optimal_model("simpel")


@row("MemoryManager config retrieve_all")
def _() -> None:
    tiers = {
        "hot_tier": {"backend": "memory", "ttl": 300, "max_size_mb": 100},
        "warm_tier": {"backend": "sqlite", "ttl": 3600, "max_size_mb": 1000},
        "cold_tier": {"backend": "disk", "ttl": 86400, "compression": True},
    }
    now = 1.8e9
    with MemoryManager(config=tiers, clock=lambda: now) as memory:
        memory.put_many({"id": str(i), "data": "x" * 100} for i in range(10))
        assert memory.stats()["hot_tier"]["records"] == 10
        now += 3601
        assert memory.cleanup()["demoted"] == 10
        assert [r["id"] for r in memory.retrieve_all()] == [str(i) for i in range(10)]


@row("create_index retrieve filter limit use_index projection delete_where schedule")
def _() -> None:
    with MemoryManager() as memory:
        memory.put_many({"id": str(i), "agent": i % 2, "n": i} for i in range(10))
        memory.create_index("agent")
        found = memory.retrieve(
            filter={"agent": 1}, limit=3, use_index=True, projection=["n"]
        )
        assert found == [{"n": 1}, {"n": 3}, {"n": 5}]
        assert not memory.explain({"agent": 1}).scan
        assert memory.delete_where(filter={"n": {"$lt": 4}}) == 4
        (job,) = memory.schedule_cleanup(at="02:00", older_than=7 * 86400).get_jobs()
        assert (job.next_run_time.hour, job.next_run_time.minute) == (2, 0)


@row("KnowledgeBase vector_dimension index_type ef_construction m embed_batch")
def _() -> None:
    base = KnowledgeBase(
        vector_dimension=256, index_type="hnsw", ef_construction=200, m=16
    )
    rows = base.embed_batch(["a robot", "a river"], batch_size=1)
    assert rows.shape == (2, 256)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)


@row("search query top_k ef_search threshold filter")
def _() -> None:
    base = KnowledgeBase()
    texts = ["What is a robot?", "Where does the river end?", "Who plays chess?"]
    base.add(["a", "b", "c"], texts, [{"kind": kind} for kind in "xyz"])
    found = base.search(query="what is a robot", top_k=3, ef_search=50, threshold=0.7)
    assert [hit.id for hit in found] == ["a"]
    (hit,) = base.search(query="what is a robot", filter={"kind": "y"}, top_k=5)
    assert hit.id == "b"


@row("poolclass pool_size max_overflow pool_pre_ping pool_recycle")
def _() -> None:
    engine = create_pool(  # where the guide has SQLAlchemy's create_engine
        poolclass=QueuePool,
        pool_size=2,
        max_overflow=1,
        pool_pre_ping=True,
        pool_recycle=3600,
    )
    with engine.connect() as one, engine.connect(), engine.connect():
        assert pool_stats(engine).lent == 3
        assert one.execute(text("SELECT 40 + 2")).scalar_one() == 42
    assert pool_stats(engine).idle == 2
    engine.dispose()


@row("fetch_external_data")
def _() -> None:
    async def main() -> list[str]:
        async with local_site() as site:
            urls = [site.url(f"slow/0/{i}") for i in range(3)]
            fetched = await fetch_external_data(urls, trust_env=False)
            assert [one.url for one in fetched] == urls
            return [one.text for one in fetched]

    assert asyncio.run(main()) == ["slow"] * 3


@row("processes")
def _() -> None:
    # where the guide has the map of multiprocessing.Pool
    data = [[n, n + 1] for n in range(9)]
    assert cpu_map(np.mean, data, processes=8) == [n + 0.5 for n in range(9)]


@row("MonitoringManager record_metric metric value tags record_error error context")
def _() -> None:
    monitor = MonitoringManager()
    monitor.record_metric(metric="latency", value=0.25, tags={"function": "f"})
    monitor.record_error(error="no", context={"function": "f"})
    ((name, tags, series),) = monitor.metrics()
    assert (name, tags) == ("latency", {"function": "f"})
    assert series.figures()["max"] == 0.25
    (error,) = monitor.errors.figures()["recent"]
    assert error["context"] == {"function": "f"}


@row("track_performance")
def _() -> None:
    monitor = MonitoringManager()

    @track_performance(monitor)
    def process_request(data: int) -> float:
        return 1 / data

    assert process_request(2) == 0.5
    with pytest.raises(ZeroDivisionError):
        process_request(0)
    seen = monitor.performance("process_request")
    assert (seen["successes"], seen["errors"]) == (1, 1)


@row("profile_function profile")
def _() -> None:
    def grow() -> int:
        numbers = list(range(100_000))
        return len(numbers)

    result, profile = profile_function(grow)
    assert result == 100_000 and "grow" in profile.text(20)
    again, lines = profile_lines(grow)  # what memory_profiler's @profile prints
    assert again == 100_000
    assert any("list(range" in line.source for line in lines.lines)


@pytest.mark.parametrize(("names", "check"), ROWS, ids=[names for names, _ in ROWS])
def test_a_name_has_its_effect(names: str, check: Callable[[], None]) -> None:
    check()


def test_help_says_it_too() -> None:
    listed = pydoc.plain(pydoc.render_doc(FastResponseAgent))
    assert "Use precompute(message, response), answers.find(message)." in listed


def test_every_name_has_a_row_and_no_row_another() -> None:
    listed = [name for names in NAMES.values() for name in names.split()]
    checked = [name for names, _ in ROWS for name in names.split()]
    assert sorted(set(checked)) == sorted(set(listed))


@pytest.mark.parametrize(("names", "check"), ROWS, ids=[names for names, _ in ROWS])
def test_a_row_uses_its_names_and_asserts(
    names: str, check: Callable[[], None]
) -> None:
    source = textwrap.dedent(inspect.getsource(check))
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    body = "\n".join(map(ast.unparse, function.body))
    assert any(isinstance(node, ast.Assert) for node in ast.walk(function))
    unused = [name for name in names.split() if name not in body + _helpers(body)]
    assert not unused


def _helpers(body: str) -> str:
    """The source of the helpers of this file that `body` calls."""
    helpers = (remembering, tooled, cached)
    return "".join(inspect.getsource(h) for h in helpers if f"{h.__name__}(" in body)
