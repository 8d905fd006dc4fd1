"""Page `load`: every goal has its row, and figures come from the runs they name."""

from collections import Counter

import pytest

from benchmarks.pages import load
from session1.load.figures import Load

pytestmark = pytest.mark.slow


@pytest.fixture
def made_up(monkeypatch):
    """Runs that need no time: the naive agent waits ten times as long as ours."""

    def run(plan, processes):
        waits = {"composed": 0.01, "bare": 0.005, "naive": 0.1, "no cache": 1.0}
        wait = waits[plan.agent]
        wait *= 10 if plan.rate > 8_000 else 1
        return Load(
            [wait] * 1000,
            Counter({"exact": 990, "stand-in": 0 if plan.deadline > 1 else 10}),
            served=990,
            span_s=0.1,
            seconds=0.2,
            processes=processes,
        )

    monkeypatch.setattr(load, "run", run)
    load.loads.cache_clear()
    yield
    load.loads.cache_clear()


def test_every_goal_has_its_row(made_up):
    rows = [make() for make in load.cases(quick=False)]
    for goal in load.GOALS:
        value, _ = goal.reached(rows)
        assert value is not None, goal


def test_ratios_are_those_of_the_figures(made_up):
    row = load.key_figure("p95", True)
    assert (row.ours, row.naive, row.ratio_naive) == (0.01, 0.1, pytest.approx(10))
    assert row.ratio_peers == {
        "no cache": pytest.approx(100),
        load.BARE: pytest.approx(0.5),
    }


def test_the_knee_is_the_last_rate_that_holds(made_up):
    ours = Load([0.01] * 1000, Counter({"exact": 1000}), served=1, span_s=1, seconds=1)
    assert load.held(ours)
    ours.ends = Counter({"exact": 998, "stand-in": 2})  # that is no success
    assert not load.held(ours)


def test_what_a_stand_in_hides_is_a_row_of_its_own(made_up):
    row = load.shares_by_new("stand-ins", 5, True)
    assert (row.ours, row.peers[load.HASTY]) == (0.0, pytest.approx(1.0))
