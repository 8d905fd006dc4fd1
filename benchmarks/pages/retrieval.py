"""Page `retrieval`: the guide's two queries, by a scan, by our index, by raw SQLite."""

import tempfile
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers.retrieval import RawSQLite, Record, scan
from session1.data import conversations
from session1.memory.manager import MemoryManager

TITLE = "Retrieval: an agent's 10 records, and 100 since a time, of n"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
AGENT, SINCE = "agent_id = ?, limit 10", "timestamp >= ?, limit 100"
OFF = "ours, use_index=False"
COLD = "ours, hot tier empty"
BY_HAND = "scan written for this query"
RAW = "raw SQLite"
PER_AGENT = 100  # records
NOW = 1e9
GOALS = (
    Goal(AGENT, 100_000, "ratio_naive", low=500),
    # a hundred records to copy: the bar is our own scan, which copies them as well
    Goal(SINCE, 100_000, OFF, low=500),
    Goal(SINCE, 100_000, "ratio_naive", low=200),
    Goal(AGENT, 100_000, RAW, low=0.5),
    Goal(SINCE, 100_000, RAW, low=0.5),
)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Both queries at every size; the two smallest when quick."""
    sizes = SIZES[:2] if quick else SIZES
    return [partial(query, n) for n in sizes for query in (by_agent, since)]


class Store:
    """The same records in a list, in ours twice, and in SQLite; in a folder of its own.

    `store` has the default hot tier, which holds what fits; that of `cold` is empty.
    """

    def __init__(self, n: int) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.records = records(n)
        self.store = self._filled("hot", 100)
        # a million records are a minute's work, and a tenth of them is hot as it is
        self.cold = self._filled("cold", 1e-6) if n < SIZES[-1] else None
        self.raw = RawSQLite(f"{self.folder.name}/raw.sqlite", self.records)
        count = n // PER_AGENT
        self.agents = cycle([f"agent_{i * 7 % count:05d}" for i in range(50)])
        # a fifth of the records, or a little less, is later than these times
        self.times = cycle([NOW - n // 5 + i * (n // 1_000) for i in range(50)])

    def _filled(self, name: str, hot_mb: float) -> MemoryManager:
        config = {"hot_tier": {"max_size_mb": hot_mb}}
        place = Path(self.folder.name) / name
        made = MemoryManager(config, folder=place, clock=lambda: NOW)
        for at in range(0, len(self.records), 10_000):
            made.put_many(self.records[at : at + 10_000])
        made.create_index("agent_id")
        made.create_index("timestamp")
        return made

    def close(self) -> None:
        """Close and remove everything."""
        self.store.close()
        if self.cold is not None:
            self.cold.close()
        self.raw.close()
        self.folder.cleanup()


_open: list[Store] = []


@lru_cache(1)
def _store(n: int) -> Store:
    while _open:  # the one of another size makes room
        _open.pop().close()
    _open.append(Store(n))
    return _open[-1]


def records(n: int) -> list[Record]:
    """Real messages, a hundred an agent, one a second."""
    texts = [turn.text for talk in conversations(600) for turn in talk.turns]
    return [
        {
            "id": f"{i:08d}",
            "agent_id": f"agent_{i % (n // PER_AGENT):05d}",
            "timestamp": NOW - n + i,
            "data": texts[i % len(texts)],
        }
        for i in range(n)
    ]


def by_agent(n: int) -> Case:
    """An agent's first 10 of 100 records, id and data only."""
    s = _store(n)
    fields = ["id", "data"]

    def ask(store: MemoryManager, use_index: bool = True) -> list[Record]:
        return store.retrieve(
            filter={"agent_id": next(s.agents)},
            limit=10,
            use_index=use_index,
            projection=fields,
        )

    def naive() -> list[Record]:
        found = scan(s.records, {"agent_id": next(s.agents)})[:10]
        return [{name: record[name] for name in fields} for record in found]

    def by_hand() -> list[Record]:
        agent = next(s.agents)
        found = [r for r in s.records if r["agent_id"] == agent][:10]
        return [{"id": r["id"], "data": r["data"]} for r in found]

    agent = next(s.agents)
    same(
        s.store.retrieve({"agent_id": agent}, 10, True, fields),
        s.raw.by_agent(agent, 10),
        [
            {name: r[name] for name in fields}
            for r in scan(s.records, {"agent_id": agent})[:10]
        ],
    )
    raw = partial(lambda: s.raw.by_agent(next(s.agents), 10))
    return case(AGENT, n, ask, naive, by_hand, raw, s)


def since(n: int) -> Case:
    """The first 100 records since a time; a fifth of all are later."""
    s = _store(n)

    def ask(store: MemoryManager, use_index: bool = True) -> list[Record]:
        wanted = {"timestamp": {"$gte": next(s.times)}}
        return store.retrieve(filter=wanted, limit=100, use_index=use_index)

    def naive() -> list[Record]:
        return scan(s.records, {"timestamp": {"$gte": next(s.times)}})[:100]

    def by_hand() -> list[Record]:
        when = next(s.times)
        return [r for r in s.records if r["timestamp"] >= when][:100]

    when = next(s.times)
    wanted = {"timestamp": {"$gte": when}}
    same(
        s.store.retrieve(wanted, 100),
        s.raw.since(when, 100),
        scan(s.records, wanted)[:100],
    )
    return case(
        SINCE, n, ask, naive, by_hand, lambda: s.raw.since(next(s.times), 100), s
    )


def same(first: list[Record], *others: list[Record]) -> None:
    """All contenders must give the same records before any of them is timed."""
    assert first and all(other == first for other in others)


def case(
    name: str,
    n: int,
    ask: Callable[..., Any],
    naive: Callable[[], Any],
    by_hand: Callable[[], Any],
    raw: Callable[[], Any],
    s: Store,
) -> Case:
    """All contenders side by side; our own scan only where it takes seconds."""
    peers: dict[str, Run | str] = {
        BY_HAND: Run(by_hand),
        RAW: Run(raw),
        COLD: Run(partial(ask, s.cold)) if s.cold else "most of it is not hot anyway",
        OFF: Run(partial(ask, s.store, False)) if n <= 100_000 else "takes too long",
    }
    return Case(name, n, Run(partial(ask, s.store)), Run(naive), peers)
