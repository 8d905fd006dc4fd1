"""Real conversations through a memory: the module's widget and its measurements."""

from functools import cache
from typing import Any

from session1.llm.simulated import SimulatedLLM
from session1.memory.context import choose
from session1.memory.naive import NaiveMemory
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.replay import (
    Replay,
    sample_talks,
    through_agent,
    through_naive,
)

BUDGET, INTERVAL = 60_000, 25


def shares(replays: list[Replay]) -> tuple[float, float, float]:
    """Means over talks: important and present kept (percent), cleanups."""
    n = len(replays)
    return (
        100 * sum(r.important() for r in replays) / n,
        100 * sum(r.present() for r in replays) / n,
        sum(r.cleanups for r in replays) / n,
    )


def talks_at_work(max_bytes: int = BUDGET) -> None:
    """Print what the naive memory and the reference keep of three real talks."""
    print(f"{'':10}{'important':>10}{'present':>9}{'cleanups':>10}{'most bytes':>12}")
    for name, run in [("naive", through_naive), ("reference", through_agent)]:
        replays = [run(talk, max_bytes) for talk in sample_talks()]
        important, present, cleanups = shares(replays)
        most = max(max(r.bytes) for r in replays)
        print(
            f"{name:10}{important:>9.0f}%{present:>8.0f}%{cleanups:>10.0f}{most:>12,}"
        )


def messages_looked_at(n: int, budget: int = 2000) -> int:
    """Messages the reference reads to build one context out of `n`."""
    seen = 0
    ranked = _agent(n).memory.ranked()

    def counted() -> Any:
        nonlocal seen
        for pair in ranked:
            seen += 1
            yield pair

    choose(counted(), budget, 1)
    return seen


def naive_context(n: int) -> str:
    """A context of 2,000 characters out of `n` messages, naively."""
    return _naive(n).get_compressed_context(2000)


def reference_context(n: int) -> str:
    """A context of 2,000 characters out of `n` messages, by the reference."""
    return _agent(n).get_compressed_context(2000)


@cache
def _agent(n: int) -> MemoryOptimizedAgent:
    agent = MemoryOptimizedAgent("lab", SimulatedLLM())
    for remark in sample_talks()[0][:n]:
        agent.add_to_memory(remark.text, remark.importance)
    return agent


@cache
def _naive(n: int) -> NaiveMemory:
    memory = NaiveMemory(cleanup_interval=10**9)
    for remark in sample_talks()[0][:n]:
        memory.add_to_memory(remark.text, remark.importance)
    return memory
