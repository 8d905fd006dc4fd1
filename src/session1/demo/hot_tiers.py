"""Hot tiers in front of a slower one: none, ours, and a learner's."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from session1.demo.part import YOURS, Context, Section, broken
from session1.memory.tiers.hot import Held, HotMemory
from session1.memory.tiers.record import Record, encoded
from session1.table import table

SIZE, TTL, BYTES = 200, 300.0, 1_500  # records, seconds, bytes of one
LOOKED_BACK = 6  # messages that a prompt holds
Clock = Callable[[], float]


class Warm:
    """Records in a slower tier; it counts how often it is read."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = dict(records)
        self.reads = Counter[str]()

    def get(self, id: str) -> Record | None:
        """The record, or None."""
        self.reads[id] += 1
        return self._records.get(id)

    def put(self, id: str, record: Record) -> None:
        """Store a record."""
        self._records[id] = record


class Tier(Protocol):
    """Gets records, from memory or from the tier behind it."""

    def get(self, id: str) -> Record | None: ...


Make = Callable[[Warm, Clock, int, float], Tier]


class Ours:
    """The store's hot tier, with room for `size` records of the usual length."""

    def __init__(self, warm: Warm, clock: Clock, size: int, ttl: float) -> None:
        self._warm, self._clock = warm, clock
        self._hot = HotMemory(ttl, size * BYTES)
        self._version = 0

    def get(self, id: str) -> Record | None:
        """The record, which counts as used."""
        now = self._clock()
        if (held := self._hot.get(id, now)) is not None:
            return held.record
        if (record := self._warm.get(id)) is not None:
            self._version += 1
            self._hot.put([(Held(self._version, record), encoded(record))], now)
        return record


def none(warm: Warm, clock: Clock, size: int, ttl: float) -> Tier:
    """No hot tier: every get goes to the slower one."""
    return warm


MAKERS: dict[str, Make] = {"no hot tier": none, "ours": Ours}


@dataclass(frozen=True)
class Replay:
    """Counts of the gets of all prompts: where they looked, and wrong results."""

    gets: int
    reads: int
    wrong: int


def replay(make: Make, records: Sequence[Record]) -> Replay:
    """Get the last few messages before each one, as a prompt would."""
    now = 0.0
    warm = Warm({record["id"]: record for record in records})
    tier = make(warm, lambda: now, SIZE, TTL)
    gets = wrong = 0
    for at in range(len(records)):
        now += 5.0
        for before in records[max(0, at - LOOKED_BACK) : at + 1]:
            gets += 1
            wrong += tier.get(before["id"]) != before
    return Replay(gets, warm.reads.total(), wrong)


def section(context: Context, records: Sequence[Record]) -> Section:
    """Prompts' gets with no hot tier, a learner's if there is one, and ours."""
    makers = context.with_yours("storage", MAKERS)
    found = context.each("hot tier", makers, lambda make: replay(make, records))
    head = ["gets of prompts", *found]
    shown: dict[str, Callable[[Replay], Any]] = {
        "gets": lambda one: f"{one.gets:,}",
        "of these from the tier behind": lambda one: f"{one.reads / one.gets:.0%}",
        "wrong records": lambda one: f"{one.wrong:,}",
    }
    rows = [[name, *map(show, found.values())] for name, show in shown.items()]
    others = [one for name, one in found.items() if name != YOURS]
    failed = broken(
        {
            "a hot tier gave another record": any(one.wrong for one in others),
            "the hot tier saves no reads": found["ours"].reads * 4 > found["ours"].gets,
        }
    )
    data = {name: vars(one) for name, one in found.items()}
    return Section("hot tier", data, table(head, rows), failed)
