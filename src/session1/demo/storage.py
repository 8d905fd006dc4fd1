"""Storage: real messages as records in three tiers, found, moved, kept and removed."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matplotlib.axes import Axes

from session1.data import conversations
from session1.demo import hot_tiers
from session1.demo.part import Context, Section, broken
from session1.demo.plot import COLOURS, groups, panels, save
from session1.memory.manager import MemoryManager
from session1.memory.tiers.record import Record
from session1.table import table

TITLE = "Storage: messages as records, found by an index, moved by age, removed in time"
HOUR, DAY = 3600.0, 24 * 3600.0
CONFIG: dict[str, dict[str, Any]] = {
    "hot_tier": {"backend": "memory", "ttl": 300, "max_size_mb": 10},
    "warm_tier": {"backend": "sqlite", "ttl": HOUR, "max_size_mb": 1000},
    "cold_tier": {"backend": "disk", "ttl": DAY, "compression": True},
}
AGENTS = 40
WAYS = {"scan": COLOURS["naive"], "index": COLOURS["ours"]}
TIERS = {"hot": "#E69F00", "warm": "#009E73", "cold": "#56B4E9"}


class Clock:
    """A clock that the demo sets, so that a day takes no time."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def run(context: Context) -> Iterator[Section]:
    """Store, retrieve, grow old, be used, and clean up after a restart."""
    records = messages(60 if context.quick else 300)
    clock = Clock(max(record["timestamp"] for record in records))
    with TemporaryDirectory() as folder:
        store = MemoryManager(CONFIG, folder=Path(folder), clock=clock)
        with store:
            starts = range(0, len(records), 1000)
            for at in context.progress(starts, len(starts), "store"):
                store.put_many(records[at : at + 1000])
            found = [retrieval(store, records)]
            yield found[0]
            found.append(moves(store, records, clock))
            yield found[1]
        with MemoryManager(CONFIG, folder=Path(folder), clock=clock) as store:
            yield cleanup(store, records, clock)
    yield hot_tiers.section(context, records)
    data = {section.name: section.data for section in found}
    picture = draw(data, context.out / "storage.png")
    yield Section("plot", str(picture), f"Picture: {picture}")


def messages(talks: int) -> list[Record]:
    """Messages of people, each talk the work of one of a few agents."""
    return [
        {
            "id": f"{talk.id}-{n}",
            "agent_id": f"agent_{i % AGENTS:03d}",
            "timestamp": turn.when.timestamp(),
            "speaker": turn.speaker,
            "data": turn.text,
        }
        for i, talk in enumerate(conversations(talks, min_turns=10))
        for n, turn in enumerate(talk.turns)
    ]


def retrieval(store: MemoryManager, records: list[Record]) -> Section:
    """The guide's two queries, with a scan and with an index, and their plans."""
    times = sorted(record["timestamp"] for record in records)
    queries: dict[str, dict[str, Any]] = {
        "10 of an agent": {
            "filter": {"agent_id": "agent_001"},
            "limit": 10,
            "projection": ["id", "data"],
        },
        "100 since a time": {
            "filter": {"timestamp": {"$gte": times[-min(100, len(times))]}},
            "limit": 100,
        },
    }
    scans = {name: measured(store, use_index=False, **q) for name, q in queries.items()}
    store.create_index("agent_id")
    store.create_index("timestamp")
    rows, data, texts, same = [], {}, [], True
    for name, query in queries.items():
        scan_s, scanned = scans[name]
        index_s, found = measured(store, **query)
        plan = store.explain(query["filter"])
        same &= by_id(found) == by_id(scanned)
        rows.append([name, us(scan_s), us(index_s), f"{scan_s / index_s:,.0f}×"])
        data[name] = {"scan_s": scan_s, "index_s": index_s, "plan": str(plan)}
        texts.append(f"plan of “{name}”: {plan}")
    head = [f"{len(records):,} records", "scan", "index", "scan ÷ index"]
    failed = broken(
        {
            "an index found other records than a scan": not same,
            "an index was made and is not used": any(
                store.explain(query["filter"]).scan for query in queries.values()
            ),
        }
    )
    text = "\n".join([table(head, rows), "", *texts])
    return Section("retrieval", data, text, failed)


def moves(store: MemoryManager, records: list[Record], clock: Clock) -> Section:
    """Show how the tiers fill as time goes by, and the effect of using one record."""
    looks = {"just stored": store.stats()}
    clock.now += 2 * HOUR
    store.cleanup()
    looks["two hours later"] = store.stats()
    id = records[len(records) // 2]["id"]
    first_s, record = timed(lambda: store.get(id))
    again_s = min(timed(lambda: store.get(id))[0] for _ in range(100))
    store.flush()
    looks["one record used"] = store.stats()
    rows = [[when, *map(held, stats.values())] for when, stats in looks.items()]
    sums = [
        stats["warm_tier"]["records"] + stats["cold_tier"]["records"]
        for stats in looks.values()
    ]
    cold = looks["two hours later"]["cold_tier"]
    ratio = cold["json_bytes"] / max(cold["bytes"], 1)
    text = (
        table(["records, size", "hot", "warm", "cold"], rows)
        + f"\n\ncold files take {ratio:.1f} times less than the JSON in them"
        + f"\na record from its cold file: {us(first_s)}; once it is hot: {us(again_s)}"
    )
    failed = broken(
        {
            "records were lost or doubled between tiers": {*sums} != {len(records)},
            "a record came back changed": record != records[len(records) // 2],
            "a record that was used stayed cold": (
                looks["one record used"]["warm_tier"]["records"] != 1
            ),
            "files are not what the ledger says": store.verify() != [],
        }
    )
    data = {"looks": looks, "cold_s": first_s, "hot_s": again_s}
    return Section("tiers", data, text, failed)


def cleanup(store: MemoryManager, records: list[Record], clock: Clock) -> Section:
    """After a restart: remove by timestamp, then by age."""
    times = sorted(record["timestamp"] for record in records)
    cut = times[len(times) // 2]
    old = sum(when < cut for when in times)
    by_time = store.cleanup(older_than=clock.now - cut)
    left = len(store)
    clock.now += DAY - 2 * HOUR - 1  # a day, but for a second, after they were stored
    kept = store.cleanup(clock.now)
    clock.now += 3 * HOUR
    by_age = store.cleanup(clock.now)
    text = "\n".join(
        [
            f"opened again: {len(records):,} records were there",
            f"older than the median timestamp: {by_time['removed']:,} removed, "
            f"{by_time['files_rewritten']} cold files rewritten",
            f"almost a day unused: {kept['expired']:,} expired; more than a day: "
            f"{by_age['expired']:,}; left: {len(store):,}",
        ]
    )
    failed = broken(
        {
            "cleanup removed other records than the old ones": (
                by_time["removed"] != old or left != len(records) - old
            ),
            "a record expired before its time": kept["expired"] > 0,
            "a day unused is not the end of a record": len(store) > 0,
        }
    )
    data = {"by_time": by_time, "by_age": by_age, "left": len(store)}
    return Section("cleanup", data, text, failed)


def measured(store: MemoryManager, **query: Any) -> tuple[float, list[Record]]:
    """The best of a few calls in CPU seconds, and what they found."""
    calls = [timed(lambda: store.retrieve(**query)) for _ in range(5)]
    return min(seconds for seconds, _ in calls), calls[0][1]


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this thread, and the result."""
    start = time.thread_time()
    result = call()
    return time.thread_time() - start, result


def by_id(records: list[Record]) -> list[Record]:
    """In an order that does not depend on how they were found."""
    return sorted(records, key=lambda record: record["id"])


def us(seconds: float) -> str:
    """Seconds as microseconds."""
    return f"{seconds * 1e6:,.0f} µs"


def held(stats: dict[str, Any]) -> str:
    """Records and kilobytes of a tier."""
    return f"{stats['records']:,}, {stats['bytes'] / 1024:,.0f} kB"


def draw(found: Mapping[str, Any], path: Path) -> Path:
    """Draw the data of the sections to `path` (PNG); returns it."""
    figure, (queries, tiers) = panels(2)
    draw_queries(queries, found["retrieval"])
    draw_tiers(tiers, found["tiers"]["looks"])
    return save(figure, path)


def draw_queries(axes: Axes, queries: Mapping[str, Any]) -> None:
    """The time of each query, in both ways."""
    found = {w: [1e6 * one[f"{w}_s"] for one in queries.values()] for w in WAYS}
    groups(axes, list(queries), found, "{:,.0f} µs", WAYS)
    axes.set(xscale="log", title="CPU time of a query")
    axes.margins(x=0.3)


def draw_tiers(axes: Axes, looks: Mapping[str, Any]) -> None:
    """Draw the bytes of the records in each tier as time goes by."""
    found = {
        tier: [stats[f"{tier}_tier"]["bytes"] / 1024 for stats in looks.values()]
        for tier in TIERS
    }
    groups(axes, list(looks), found, "{:,.0f} kB", TIERS)
    axes.set_xticks([])
    axes.margins(x=0.3)
    axes.set(title="Bytes in each tier")
