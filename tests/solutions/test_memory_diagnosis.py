"""What 02 says of a wrong result: the mistake that leads to it, and no other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from session1.memory.entry import MemoryEntry

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "solutions" / "02_memory"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


SAID = [MemoryEntry("ok", START, 0.5, size) for size in (300, 20, 7)]


@pytest.mark.parametrize(
    ("totals", "look"),
    [
        ([300, 20, 7], "the last entry alone"),
        ([2, 4, 6], "letters"),
        ([1, 2, 3], "counts entries"),
        ([1300, 1320, 1327], "another counter"),
        ([-300, -320, -327], "more, not less"),
        ([0, 20, 27], "the first one counts"),
        ([300, 320, 999], "to the total so far"),
    ],
)
def test_totals_after_adds(files: Any, totals: list[int], look: str) -> None:
    assert look in files.diagnosis.adds(totals, SAID, 1000)


@pytest.mark.parametrize(
    ("totals", "look"),
    [
        ([327, 327, 327], "is taken off the total"),
        ([0, 0, 0], "only what leaves"),
        ([320, 300, 0], "the newest left"),
        ([27, -273, -573], "taken off again"),
        ([-673, -973, -993], "another counter"),
        ([27, 7, 7], "then the total is 0"),
        ([307, 300, 300], "the next in line"),
        ([5, 6, 7], "of the one that leaves"),
    ],
)
def test_totals_after_drops(files: Any, totals: list[int], look: str) -> None:
    assert look in files.diagnosis.drops(totals, SAID, 1000)


@pytest.mark.parametrize(
    ("texts", "counted", "look"),
    [
        ("abc", 3, "not one text"),
        (["b", "cc", "dd"], 9, "off `bytes`"),
        (["cc", "b", "dd"], 50, "in order of arrival"),
        (["a", "b", "cc"], 40, "always stays"),
        (["b", "cc"], 30, "left at once"),
        (["a", "b", "cc", "dd"], 60, "one leaves"),
        (["a", "cc", "dd"], 50, "the highest score left"),
        (["cc", "dd"], 40, "the oldest left"),
        ([(1, "b"), (2, "cc"), (3, "dd")], 50, "without turn or score"),
    ],
)
def test_what_a_memory_holds(files: Any, texts: Any, counted: int, look: str) -> None:
    before, want = [("a", 1), ("b", 3), ("cc", 2)], [["b", "cc", "dd"], 50]
    found, weight = [texts, counted], lambda text: 10 * len(text)
    said = files.diagnosis.held(found, want, before, "dd", 50, weight)
    assert look in said


ITEMS = [("a", 1.0, 5), ("b", 0.2, 5), ("c", 0.2, 5), ("d", 0.9, 30), ("e", 0.0, 5)]


@pytest.mark.parametrize(
    ("places", "look"),
    [
        ([0, 1], "the newer goes in first"),
        ([2, 0], "back into the order"),
        ([0], "one that does not fit is skipped"),
        ([0, 4], "the newest are in"),
        ([0, 1, 2], "15 tokens"),
        ([1, 2], "1.0 stays"),
    ],
)
def test_what_is_kept(files: Any, places: list[int], look: str) -> None:
    found = [ITEMS[i] for i in places]
    assert look in files.choices.kept(found, ITEMS, 10)[1]


def test_orders(files: Any) -> None:
    weights = [0.9, 0.3, 0.6, 0.3, 0.8]
    said = [
        MemoryEntry(f"{i}", START + timedelta(hours=(i * 3) % 5), weight, 9)
        for i, weight in enumerate(weights)
    ]
    orders, oldest = files.orders, START

    def by(importance: float, recency: float) -> list[MemoryEntry]:
        def score(e: MemoryEntry) -> float:
            age = (e.timestamp - oldest) / timedelta(hours=4)
            return importance * e.importance_score + recency * age

        return sorted(said, key=score, reverse=True)

    want = by(0.7, 0.3)
    assert orders.differs(want, want, said) == {}
    for found, look in [
        (want[::-1], "worst first"),
        (by(0.3, 0.7), "0.7 is importance's"),
        (by(1, 0), "0.3 * recency belongs"),
        (said, "as they were given"),
        (want[1:], "each entry once"),
    ]:
        assert look in orders.differs(found, want, said)["look"]


@pytest.mark.parametrize(
    ("count", "look"), [(7260, "for each entry"), (3720, "one of"), (500, "belongs")]
)
def test_reads(files: Any, count: int, look: str) -> None:
    assert look in files.orders.reads(count, 60)


@pytest.mark.parametrize(
    ("settings", "look"),
    [
        ((0.7, 0.6), "a dict"),
        ({"keep_fraction": 0.7}, "two keys"),
        ({"keep_fraction": "0.7", "importance_weight": 0.6}, "without quotes"),
        ({"keep_fraction": 0.7, "importance_weight": 60}, "from 0 to 1"),
    ],
)
def test_settings(files: Any, settings: Any, look: str) -> None:
    right = {"keep_fraction": 0.7, "importance_weight": 0.6}
    assert files.diagnosis.settings(right) == ""
    assert look in files.diagnosis.settings(settings)


@pytest.mark.parametrize(
    ("got", "look"),
    [(178_200.0, "in seconds"), (1.5, "`.seconds` leaves days"), (25.5, "of all")],
)
def test_figures(files: Any, got: float, look: str) -> None:
    found, want = {"age_hours": got}, {"age_hours": 49.5}
    assert look in files.diagnosis.figures(found, want)


@pytest.mark.parametrize(
    ("texts", "look"),
    [("bbc", "held twice"), ("cd", "its own importance"), ("ad", "the oldest goes")],
)
def test_what_moves(files: Any, texts: str, look: str) -> None:
    assert look in files.diagnosis.moved(list(texts), list("abcd"), list("bd"))
