"""The reference's parts of the store; each stands in where yours is not there yet."""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from message_table import SERVES_ALL

PARTS = {
    "plan": "index",
    "find": "find",
    "projection": "latest",
    "promote": "TwoTier",
    "cleanup": "cleanup",
    "crash": "save",
}
index = SERVES_ALL


def find(
    index: Sequence[Any], filter: Mapping[str, Mapping[str, float]], limit: int
) -> list[Any]:
    """Ids of up to `limit` records in a time range, the oldest first."""
    wanted, when = filter["timestamp"], attrgetter("timestamp")
    low, high = wanted.get("$gte", float("-inf")), wanted.get("$lt", float("inf"))
    start = bisect_left(index, low, key=when)
    end = bisect_left(index, high, key=when)
    return [record.id for record in index[start : min(end, start + limit)]]


def latest(query: Callable[..., Any], user: str, limit: int) -> Any:
    """The newest `limit` messages of a user, newest first: [(id, data), ...]."""
    sql = "SELECT id, data FROM messages WHERE user = ? "
    return query(f"{sql} ORDER BY at DESC, id DESC LIMIT ?", user, limit)


class TwoTier:
    """All records in `warm`, and those used lately in memory as well."""

    def __init__(
        self, warm: Any, clock: Callable[[], float], size: int, ttl: float
    ) -> None:
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot: OrderedDict[Any, tuple[Any, float]] = OrderedDict()

    def hot_ids(self) -> list[Any]:
        """Ids of what is held in memory."""
        return list(self.hot)

    def get(self, id: Any) -> Any:
        """The record, which counts as used; None if there is none."""
        found = self.hot.get(id)
        if found and self.clock() - found[1] < self.ttl:
            record = found[0]
        else:
            record = self.warm.get(id)
        if record is not None:
            self._use(id, record)
        return record

    def put(self, id: Any, record: Any) -> None:
        """Store a record in both tiers, warm first."""
        self.warm.put(id, record)
        self._use(id, record)

    def _use(self, id: Any, record: Any) -> None:
        self.hot[id] = record, self.clock()
        self.hot.move_to_end(id)
        if len(self.hot) > self.size:
            self.hot.popitem(last=False)


async def cleanup(store: Any, cutoff: float, batch: int) -> int:
    """Remove records older than `cutoff`, a batch at a time; returns how many."""
    removed = 0
    while old := [pair for pair in await store.oldest(batch) if pair[1] < cutoff]:
        removed += await store.delete_unchanged(old)
    return removed


def save(disk: Any, name: str, text: str, acknowledge: Callable[[], object]) -> None:
    """Write a file in place of an old one, safe before it is acknowledged."""
    new = f"{name}.new"
    disk.write(new, text)
    disk.flush(new)
    disk.rename(new, name)
    disk.flush_folder()
    acknowledge()
