"""The KPI table: the guide's bounds, and verdicts on both sides of each."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.monitoring import kpi
from session1.monitoring.kpi import KPIS, Kpi

# The guide's table as it is written: target, excellent, action required.
GUIDE = {
    "P50 latency": ("< 100 ms", "< 50 ms", "> 200 ms"),
    "P95 latency": ("< 500 ms", "< 200 ms", "> 1 s"),
    "P99 latency": ("< 1 s", "< 500 ms", "> 2 s"),
    "Throughput": ("> 1,000 /s", "> 5,000 /s", "< 500 /s"),
    "CPU usage": ("< 70 %", "< 50 %", "> 85 %"),
    "Memory usage": ("< 80 %", "< 60 %", "> 90 %"),
    "Success rate": ("> 99 %", "> 99.9 %", "< 98 %"),
    "Error rate": ("< 1 %", "< 0.1 %", "> 2 %"),
}
each = pytest.mark.parametrize("one", KPIS, ids=lambda one: one.key)
RANK = {"excellent": 0, "target": 1, "fair": 2, "action": 3}


def top(one: Kpi) -> float:
    return 1.0 if one.unit == "share" else 1e6


def values(one: Kpi) -> st.SearchStrategy[float]:
    edges = [one.target, one.excellent, one.action]
    near = [math.nextafter(e, way) for e in edges for way in (-math.inf, math.inf)]
    return st.sampled_from([*edges, *near]) | st.floats(0, top(one))


def in_words(one: Kpi, value: float) -> str:
    """The guide's table read aloud."""
    target, excellent, action = (bound[0] for bound in one.bounds())
    past = {"<": value.__lt__, ">": value.__gt__}
    if past[excellent](one.excellent):
        return "excellent"
    if past[target](one.target):
        return "target"
    return "action" if past[action](one.action) else "fair"


def test_the_table_is_the_guides() -> None:
    assert {one.label: one.bounds() for one in KPIS} == GUIDE


@each
@given(data=st.data())
def test_verdicts_read_the_bounds_as_they_are_written(
    one: Kpi, data: st.DataObject
) -> None:
    value = data.draw(values(one))
    assert one.verdict(value) == in_words(one, float(value))


@each
@given(data=st.data())
def test_better_values_have_no_worse_verdicts(one: Kpi, data: st.DataObject) -> None:
    low, high = sorted([data.draw(values(one)), data.draw(values(one))])
    better, worse = (low, high) if one.better == "lower" else (high, low)
    assert RANK[one.verdict(better)] <= RANK[one.verdict(worse)]
    assert one.past(better) <= one.past(worse)


@each
def test_a_bound_itself_is_not_past_it(one: Kpi) -> None:
    assert one.verdict(one.excellent) == "target"
    assert one.verdict(one.target) == "fair"
    assert one.verdict(one.action) == "fair"
    assert (one.past(one.target), one.past(one.action)) == (0, 1)


@each
def test_what_was_not_measured_is_no_verdict(one: Kpi) -> None:
    assert one.verdict(None) == "not measured"


@each
@pytest.mark.parametrize("value", [math.nan, -0.001, -math.inf])
def test_what_cannot_be_is_refused(one: Kpi, value: float) -> None:
    with pytest.raises(ValueError, match=one.key):
        one.verdict(value)


@pytest.mark.parametrize("value", ["0.1", True, [0.1]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="p50 must be an int or a float"):
        KPIS[0].verdict(value)  # type: ignore[arg-type]


def test_percents_are_told_from_shares() -> None:
    with pytest.raises(ValueError, match="divide percents by 100"):
        kpi.rows({"success_rate": 99.5})


def test_rows_and_their_table() -> None:
    rows = kpi.rows({"p50": 0.0123, "throughput": 700, "cpu": 0.9, "error_rate": None})
    found = {row.kpi.key: row.verdict for row in rows}
    assert found == dict.fromkeys(found, "not measured") | {
        "p50": "excellent",
        "throughput": "fair",
        "cpu": "action",
    }
    lines = kpi.table(rows).splitlines()
    assert len(lines) == 2 + len(KPIS)
    first = "P50 latency 12.3 ms excellent < 100 ms < 50 ms > 200 ms"
    assert lines[2].split() == first.split()
    assert lines[3].split()[2:5] == ["-", "not", "measured"]


@pytest.mark.parametrize(
    ("value", "shown"), [(2.5e-6, "2.5 µs"), (0.25, "250 ms"), (1234.5, "1,234 s")]
)
def test_seconds_in_the_unit_that_reads_best(value: float, shown: str) -> None:
    assert KPIS[0].shown(value) == shown
