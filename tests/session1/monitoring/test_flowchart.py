"""The flowchart: every branch, the worst first, and what it does not know."""

from pkgutil import resolve_name

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.monitoring import kpi
from session1.monitoring.flowchart import (
    BRANCHES,
    FIGURES,
    Measure,
    diagnose,
    improved,
)

GOOD = {
    "p50": 0.01,
    "p95": 0.1,
    "p99": 0.2,
    "throughput": 9000.0,
    "cpu": 0.2,
    "memory": 0.2,
    "io_wait": 0.01,
    "success_rate": 1.0,
    "error_rate": 0.0,
}
BAD = {
    "latency": {"p99": 5.0},
    "throughput": {"throughput": 50.0},
    "cpu": {"cpu": 0.95},
    "memory": {"memory": 0.95},
    "io": {"io_wait": 0.6},
}


MEASURES = [measure for _, three in BRANCHES.values() for measure in three]


def test_fifteen_measures_three_a_branch() -> None:
    assert len({m.what for m in MEASURES}) == 15
    assert {len(three) for _, three in BRANCHES.values()} == {3}


@pytest.mark.parametrize("measure", MEASURES, ids=[m.part for m in MEASURES])
def test_each_measure_names_a_part_that_is_there(measure: Measure) -> None:
    assert callable(resolve_name(f"session1.{measure.part}"))


@pytest.mark.parametrize("name", BRANCHES)
def test_each_branch_is_found(name: str) -> None:
    found = diagnose(GOOD | BAD[name])
    assert [one.name for one in found.bottlenecks] == [name]
    assert found.bottleneck is not None
    assert found.bottleneck.past > 1
    assert found.bottleneck.measures == BRANCHES[name][1]
    for measure in found.bottleneck.measures:
        assert f"{measure.what} ({measure.part})" in found.text
    assert found.missing == () == found.notes


def test_only_the_figures_that_missed_are_named() -> None:
    (one,) = diagnose({"p50": 0.01, "p95": 0.7, "p99": 0.9}).bottlenecks
    assert [row.kpi.key for row in one.rows] == ["p95"]
    assert one.past == pytest.approx(0.4)


def test_all_well() -> None:
    found = diagnose(GOOD)
    assert (found.bottleneck, found.notes) == (None, ())
    assert "No bottleneck" in found.text


measured = st.fixed_dictionaries(
    {},
    optional={
        key: st.none() | st.floats(0, 1 if one.unit == "share" else 1e4)
        for key, one in FIGURES.items()
    },
).filter(lambda m: any(value is not None for value in m.values()))


@given(measured)
def test_the_worst_comes_first_and_nothing_is_left_out(
    measurements: dict[str, float | None],
) -> None:
    found = diagnose(measurements)
    past = [one.past for one in found.bottlenecks]
    assert past == sorted(past, reverse=True)
    missed = {
        key
        for key, value in measurements.items()
        if value is not None and FIGURES[key].verdict(value) in ("fair", "action")
    }
    named = {row.kpi.key for one in found.bottlenecks for row in one.rows}
    assert named == missed - {"success_rate", "error_rate"}
    assert len(found.missing) == len(FIGURES) - sum(
        value is not None for value in measurements.values()
    )
    # the chart and the table agree on what is well
    rows = kpi.rows(measurements)
    well = all(r.verdict in ("excellent", "target", "not measured") for r in rows)
    io = found.bottlenecks and found.bottlenecks[0].name == "io"
    assert well == (not found.bottlenecks and not found.notes) or io


def test_a_resource_that_is_used_up_is_pointed_at() -> None:
    found = diagnose(GOOD | {"p50": 3.0, "cpu": 0.99})
    assert [one.name for one in found.bottlenecks] == ["latency", "cpu"]
    assert found.notes == (
        "Look at cpu first if you can: what is used up slows everything else down.",
    )
    assert found.notes[0] in found.text


def test_failures_are_no_branch_and_yet_said() -> None:
    found = diagnose(GOOD | {"success_rate": 0.9, "error_rate": 0.1})
    assert found.bottleneck is None
    assert "Success rate is 90 % (target > 99 %)" in found.text
    assert len(found.notes) == 2


def test_what_was_not_measured_is_said() -> None:
    found = diagnose({"p50": 0.3, "cpu": None})
    assert "CPU usage" in found.missing
    assert "Not measured: P95 latency, P99 latency, Throughput" in found.text


@pytest.mark.parametrize("nothing", [{}, {"p50": None}])
def test_nothing_measured_is_an_error(nothing: dict[str, float | None]) -> None:
    with pytest.raises(ValueError, match="nothing was measured: give one of p50"):
        diagnose(nothing)


def test_a_figure_it_does_not_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown: latency; known: p50"):
        diagnose({"latency": 1.0})
    with pytest.raises(ValueError, match="not a number"):
        diagnose({"p50": float("nan")})


def test_whether_it_improved() -> None:
    slow, better, well = diagnose({"p50": 3.0}), diagnose({"p50": 1.0}), diagnose(GOOD)
    other = diagnose(GOOD | {"cpu": 1.0})
    assert improved(slow, better) and improved(slow, well) and improved(slow, other)
    assert not improved(slow, slow) and not improved(better, slow)
    with pytest.raises(ValueError, match="no bottleneck before"):
        improved(well, slow)
