"""Page `memory`: adding at the limit, choosing the context, and counting bytes."""

import gc
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, cycle, islice, pairwise
from sys import getsizeof

from benchmarks.conversations import messages
from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers import chat_memory
from benchmarks.peers.chat_memory import Peer
from session1.llm.simulated import SimulatedLLM
from session1.memory.bounded import utc_now
from session1.memory.entry import MemoryEntry
from session1.memory.naive import NaiveMemory
from session1.memory_optimized_agent import MemoryOptimizedAgent

TITLE = "Memory: add, context, bytes"
BUDGET = 2000  # characters of context
ROOMY_MB = 1000.0  # so that the number of entries is the limit that counts
# Naive context is timed whole up to this size; beyond, for a sample of its entries.
WHOLE = {False: 10_000, True: 1_000}

TRIM = "langchain trim_messages"
BUFFER = "llama-index ChatMemoryBuffer"
MEMORY = "llama-index Memory"
GOALS = (
    Goal("context", 1_000, "ratio_naive", low=2_000),
    Goal("context", 10_000, "ratio_naive", low=50_000),
    Goal("context", 1_000, TRIM, low=100),
    Goal("add", 10_000, "ratio_naive", low=100),
    Goal("add", 100_000, "ratio_naive", low=300),
    Goal("bytes", 10_000, "ours", low=0.85, high=1.15),
)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Every case at every size."""
    sizes = (1_000, 10_000, 100_000)
    return [
        *(partial(add, n) for n in sizes),
        *(partial(context, n, n <= WHOLE[quick]) for n in sizes),
        *(partial(held, n) for n in (1_000, 10_000)),
    ]


def add(n: int) -> Case:
    """One message more for a memory of `n` that is full.

    Ours cleans up as it goes, so a run is a full turn of `n` messages and the figure
    is the mean. Naive drops its oldest message; its cleanup is off, which would only
    cost it more.
    """
    talk = messages(n)
    ours, naive = agent(n, clock=utc_now), full_naive(n, utc_now)
    for text, importance in talk:
        ours.add_to_memory(text, importance)
    few = max(1, 20_000 // n)
    more = cycle(talk)

    def replay(memory: MemoryOptimizedAgent | NaiveMemory, times: int) -> None:
        for text, importance in islice(more, times):
            memory.add_to_memory(text, importance)

    return Case(
        "add",
        n,
        Run(partial(replay, ours, n), 1 / n),
        Run(partial(replay, naive, few), 1 / few),
        add_peers([text for text, _ in talk]) if n == 1_000 else {},
    )


def context(n: int, whole: bool) -> Case:
    """The best of `n` messages within 2,000 characters, ranked alike by both.

    The messages come a second apart and ours takes the whole span as its horizon,
    which makes its order that of the span-normalised 0.7 and 0.3 of naive.
    """
    talk = messages(n)
    span = timedelta(seconds=n - 1)
    ours, naive = agent(n, horizon=span), full_naive(n, seconds())
    for text, importance in talk:
        ours.memory.add(text, importance)
    if n == 1_000:
        assert_same_order(ours, naive)
    sample = list(islice(naive.memory_entries, 0, None, n // 20))
    slow = (
        Run(partial(naive.get_compressed_context, BUDGET))
        if whole
        else Run(lambda: [naive.rank(e) for e in sample], n / len(sample), True)
    )
    texts = [text for text, _ in talk]
    return Case(
        "context",
        n,
        Run(partial(ours.get_compressed_context, BUDGET)),
        slow,
        context_peers(texts),
    )


def held(n: int) -> Row:
    """Bytes that the memory says it takes, over those that tracemalloc counts."""
    talk = messages(n)
    gc.collect()  # empties the free lists, whose objects tracemalloc would not see
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        ours = agent(n)
        for text, importance in talk:
            # copies, as messages from a network would be: nothing is shared
            ours.memory.add("".join(list(text)), importance + 0.0)
        true = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    claimed_by_naive = sum(getsizeof(text) for text, _ in talk)
    return Row(
        "bytes",
        n,
        ours.memory.bytes / true,
        claimed_by_naive / true,
        unit="of the bytes held",
    )


def agent(
    n: int,
    horizon: float | timedelta = 1000,
    clock: Callable[[], datetime] | None = None,
) -> MemoryOptimizedAgent:
    """Ours with room for `n` messages."""
    return MemoryOptimizedAgent(
        "bench",
        SimulatedLLM(),
        ROOMY_MB,
        max_entries=n,
        horizon=horizon,
        clock=clock or seconds(),
    )


def full_naive(n: int, clock: Callable[[], datetime]) -> NaiveMemory:
    """Naive with room for `n` messages, all taken, and no cleanup."""
    naive = NaiveMemory(ROOMY_MB, max_entries=n, cleanup_interval=10**9, clock=clock)
    naive.memory_entries.extend(
        MemoryEntry(text, clock(), importance, getsizeof(text))
        for text, importance in messages(n)
    )
    return naive


def seconds() -> Callable[[], datetime]:
    """A clock that moves on by one second each time it is read."""
    start, ticks = datetime(2026, 1, 1, tzinfo=UTC), count()
    return lambda: start + timedelta(seconds=next(ticks))


def assert_same_order(ours: MemoryOptimizedAgent, naive: NaiveMemory) -> None:
    """Raise unless naive's score never rises along our order."""
    ranks = [naive.rank(entry) for entry in ours.memory.best_first()]
    rises = [b - a for a, b in pairwise(ranks) if b > a + 1e-9]
    if rises or len(ranks) != len(naive.memory_entries):
        raise AssertionError(f"the two orders differ in {len(rises)} places")


def add_peers(texts: list[str]) -> dict[str, Run | str]:
    """Peers that hold a memory in bounds as messages come."""
    return {
        TRIM: run(chat_memory.trim(texts, BUDGET)),
        MEMORY: run(chat_memory.memory_put(texts, BUDGET)),
    }


def context_peers(texts: list[str]) -> dict[str, Run | str]:
    """Peers that choose what the model is shown."""
    n = len(texts)
    late: Peer = "filling it takes minutes at this size"
    return {
        TRIM: run(chat_memory.trim(texts, BUDGET)),
        BUFFER: run(late if n > 1_000 else chat_memory.buffer_get(texts, BUDGET)),
        MEMORY: run(late if n > 1_000 else chat_memory.memory_get(texts, BUDGET)),
    }


def run(peer: Peer) -> Run | str:
    """A peer's call as a run; a reason stays a reason."""
    return peer if isinstance(peer, str) else Run(peer)
