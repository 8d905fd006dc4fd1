"""A memory that never outgrows its limits: one fixed score ranks what it holds.

The score is importance_weight * importance + (1 - importance_weight) * when / horizon.
It grows with arrival instead of fading with age ("forward decay", Cormode et al.,
ICDE 2009), so the order of two entries never changes and a sorted list can keep it:
adding and evicting are O(log n), and reading the best k takes O(k). Importance 1.0
means "always keep": such an entry only ever makes room for a newer one of 1.0.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from math import inf
from operator import itemgetter
from typing import Final

from sortedcontainers import SortedList

from session1.limits import fraction, positive_int, positive_span
from session1.memory.entry import MemoryEntry, aware, check, footprint

# One entry as stored. Entries proper are made when they are read: a row takes half
# the bytes and a third of the time. Positions differ, so texts are never compared.
Row = tuple[float, int, str, datetime, float, int]
POSITION: Final = 1
CONTENT: Final = 2
TIMESTAMP: Final = 3
IMPORTANCE: Final = 4
SIZE: Final = 5


utc_now: Callable[[], datetime] = partial(datetime.now, UTC)


class BoundedMemory:
    """Keeps the best entries within `max_bytes` and `max_entries`.

    `horizon` says how fast age counts: an entry that is `horizon` messages (or, given
    a timedelta, that much time) older needs (1 - w) / w more importance to rank equal;
    one of importance 1.0 does not age, unless `importance_weight` is 0.
    Counting messages is the default because no clock can disturb it.
    """

    def __init__(
        self,
        max_bytes: int,
        max_entries: int = 1000,
        *,
        keep_fraction: float = 0.7,
        importance_weight: float = 0.7,
        horizon: float | timedelta = 1000,
        clock: Callable[[], datetime] = utc_now,
        size_of: Callable[[str], int] = footprint,
        on_full: Callable[[int], object] | None = None,
    ) -> None:
        """`on_full` may make room in its own way when so many bytes do not fit."""
        self.max_bytes = positive_int("max_bytes", max_bytes)
        self.max_entries = positive_int("max_entries", max_entries)
        self.keep_fraction = fraction("keep_fraction", keep_fraction)
        self.importance_weight = fraction("importance_weight", importance_weight)
        self._age_weight = (1 - importance_weight) / positive_span("horizon", horizon)
        self._by_time = isinstance(horizon, timedelta)
        self._now = clock if clock is utc_now else lambda: aware(clock())
        self._size_of = size_of
        self._on_full = on_full
        self._start: datetime | None = None  # of time, for scores by time
        self._rows: SortedList = SortedList()  # of Row, worst first
        self._new: list[Row] = []  # added since anyone asked for the order
        self.bytes = 0
        self.added = 0
        self.evicted = 0
        self._importance_sum = 0.0

    def add(
        self, content: str, importance: float = 0.5, timestamp: datetime | None = None
    ) -> None:
        """Remember `content`, evicting the worst others first if there is no room.

        Raises ValueError, changing nothing, if it is larger than the whole memory.
        """
        check(content, importance)
        size = self._size_of(content)
        when = self._now() if timestamp is None else aware(timestamp)
        if not self.fits(size):
            self._make_room(size)
        age = self._seconds(when) if self._by_time else self.added
        score = importance * self.importance_weight + age * self._age_weight
        if importance == 1.0 and self.importance_weight:
            score = inf
        self._new.append((score, self.added, content, when, importance, size))
        self.added += 1
        self.bytes += size
        self._importance_sum += importance

    def fits(self, size: int) -> bool:
        """Whether one more entry of `size` bytes crosses no limit."""
        held = self.added - self.evicted
        return self.bytes + size <= self.max_bytes and held < self.max_entries

    def cleanup(self) -> int:
        """Keep the best `keep_fraction` of the entries, at least one; how many went."""
        rows = self._ranked
        worst = rows[: len(rows) - max(1, int(len(rows) * self.keep_fraction))]
        del rows[: len(worst)]
        self._forget(worst)
        return len(worst)

    def evict(self, size: int, level: float, threshold: float) -> int:
        """Evict until `size` bytes fit under `level` of both limits; how many went.

        Entries less important than `threshold` go first; within each group the worst
        score goes first. A `size` above `level` only has to fit. Costs one pass over
        the memory, so a `level` below 1 makes it rare.
        """
        room = self.max_bytes * level
        bytes_kept = max(0, (room if size <= room else self.max_bytes) - size)
        kept = min(self.max_entries * level, self.max_entries - 1)
        order = sorted(self._ranked, key=lambda row: row[IMPORTANCE] >= threshold)
        for gone, row in enumerate(order):
            if self.bytes <= bytes_kept and len(self) <= kept:
                return gone
            self._rows.remove(row)
            self._forget([row])
        return len(order)

    def check(self, content: str, importance: float) -> None:
        """Raise what `add` would raise; nothing changes."""
        check(content, importance)
        self._refuse_giant(self._size_of(content))

    def best_first(self) -> Iterator[MemoryEntry]:
        """The entries, highest score first; reading k of them takes O(k)."""
        return map(_entry, reversed(self._ranked))

    def ranked(self) -> Iterator[tuple[int, str]]:
        """Position and text of each entry, highest score first: what packing needs."""
        return map(itemgetter(POSITION, CONTENT), reversed(self._ranked))

    @property
    def utilization(self) -> float:
        """How full the memory is, 0 to 1, by the limit that is nearer."""
        return max(self.bytes / self.max_bytes, len(self) / self.max_entries)

    @property
    def average_importance(self) -> float:
        """Mean importance of the entries, 0.0 if there are none."""
        return self._importance_sum / len(self) if len(self) else 0.0

    def __len__(self) -> int:
        return self.added - self.evicted

    def __iter__(self) -> Iterator[MemoryEntry]:
        """The entries in the order in which they came."""
        return map(_entry, sorted(self._ranked, key=itemgetter(POSITION)))

    @property
    def _ranked(self) -> SortedList:
        """The rows in order. Sorting waits until someone asks: then it is cheapest."""
        if self._new:
            self._rows.update(self._new)
            self._new.clear()
        return self._rows

    def _refuse_giant(self, size: int) -> None:
        if size > self.max_bytes:
            raise ValueError(
                f"this message takes {size:,} bytes and the whole memory holds "
                f"{self.max_bytes:,}: shorten it or raise the limit"
            )

    def _make_room(self, size: int) -> None:
        self._refuse_giant(size)
        if self._on_full:
            self._on_full(size)
        while not self.fits(size):
            self._forget([self._ranked.pop(0)])

    def _seconds(self, when: datetime) -> float:
        if self._start is None:
            self._start = when
        return (when - self._start).total_seconds()

    def _forget(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.bytes -= row[SIZE]
            self._importance_sum -= row[IMPORTANCE]
        self.evicted += len(rows)


def _entry(row: Row) -> MemoryEntry:
    return MemoryEntry(row[CONTENT], row[TIMESTAMP], row[IMPORTANCE], row[SIZE])
