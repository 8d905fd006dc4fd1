"""The open loop: nobody is lost, and a wait begins when the caller was to come."""

import asyncio
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import hybrid_time, virtual_time
from session1.latency.fallback import QUESTION
from session1.load.agents import AGENTS, Plan, run
from session1.load.figures import GOOD, Load, merged
from session1.load.open_loop import judged, play
from session1.load.trace import Arrival
from session1.monitoring import kpi

pytestmark = pytest.mark.slow

ENDS = {"exact", "fuzzy", "semantic", "model", "stand-in", "wrong", "error"}


def coming(*times):
    return [Arrival(at, "?", "yes", frozenset({"yes"})) for at in times]


@given(st.lists(st.floats(0, 9), min_size=1, max_size=12).map(sorted))
def test_one_at_a_time_waits_grow_as_they_should(times):
    async def main():
        door = asyncio.Semaphore(1)

        async def ask(message):
            async with door:
                await asyncio.sleep(1)
            return "yes"

        return await play(ask, coming(*times))

    load = virtual_time.run(main).value
    free, expected = 0.0, []
    for at in times:  # a queue by hand, from the planned times
        free = max(free, at) + 1
        expected.append(free - at)
    assert load.waits == pytest.approx(expected, abs=1e-5)
    assert load.requests == len(times) == load.ends["model"]


def test_an_agent_that_stops_the_loop_cannot_hide_who_waited():
    """A hundred callers in a second, the first of whom holds up all others."""
    seconds = 0.0

    async def ask(message):
        nonlocal seconds
        if not seconds:
            seconds = 2.0  # work: no other task runs meanwhile
        return "yes"

    async def main():
        return await play(ask, coming(*(i / 100 for i in range(100))))

    load = hybrid_time.run(main, clock=lambda: seconds).value
    assert load.waits == pytest.approx([2 - i / 100 for i in range(100)], abs=1e-6)
    assert load.measurements()["p50"] > 1.4  # and not the nothing that 99 took
    assert load.measurements()["throughput"] == pytest.approx(0.0)  # none in time


def test_errors_are_answers_too_and_every_end_has_its_name():
    async def ask(message):
        if message == "bad":
            raise ConnectionError("down")
        return {"response": message, "cache_hit": message == "kept"}

    texts = ("bad", "kept", "new", QUESTION, "else")
    fits = (None, frozenset({"kept"}), None, frozenset({"a"}), frozenset({"a"}))
    some = [Arrival(0.0, t, "", f) for t, f in zip(texts, fits, strict=True)]
    load = virtual_time.run(play, ask, some).value
    assert load.ends == {
        "error": 1,
        "exact": 1,
        "model": 1,
        "stand-in": 1,
        "wrong": 1,
    }
    assert load.errors == {"ConnectionError": 1}
    assert load.measurements()["success_rate"] == 2 / 5
    assert load.measurements()["error_rate"] == 1 / 5


def test_without_callers_there_are_no_figures():
    load = virtual_time.run(play, None, []).value
    assert load.requests == 0
    assert {row.verdict for row in kpi.rows(load.measurements())} == {"not measured"}


def test_a_stand_in_is_one_even_from_a_cache():
    asked = Arrival(0.0, "?", "yes", None)
    assert judged({"response": QUESTION, "cache_hit": True}, asked) == "stand-in"
    assert judged({"response": "yes", "cache_hit": "fuzzy"}, asked) == "fuzzy"
    assert judged("yes", asked) == "model"


@given(st.lists(st.lists(st.floats(0, 10), min_size=1), min_size=1, max_size=4))
def test_percentiles_are_those_of_all_requests_of_all_processes(parts):
    loads = [
        Load(waits, Counter({"model": len(waits)}), served=len(waits), span_s=2.0)
        for waits in parts
    ]
    for load in loads:
        load.seconds = 3.0
    whole = merged(loads)
    waits = sorted(wait for part in parts for wait in part)
    found = whole.measurements()
    for percent, key in ((50, "p50"), (95, "p95"), (99, "p99")):
        rank = int(np.ceil(percent / 100 * len(waits)))
        assert found[key] == waits[rank - 1]
    assert found["throughput"] == len(waits) / 2.0
    assert (whole.processes, whole.requests) == (len(parts), len(waits))


@pytest.mark.parametrize("agent", AGENTS)
def test_under_a_small_load_nothing_is_lost(agent):
    plan = Plan(agent, rate=300, seconds=1, new=0.05)
    load = run(plan)
    assert load.requests == sum(load.ends.values()) > 100
    assert set(load.ends) <= ENDS and load.ends["error"] == 0
    assert min(load.waits) >= 0 and load.seconds > load.span_s > 0
    assert load.served <= sum(load.ends[end] for end in GOOD)
    assert all(row.value is not None for row in kpi.rows(load.measurements()))


def test_two_processes_share_the_callers():
    plan = Plan("composed", rate=200, seconds=0.5)
    both, alone = run(plan, 2), run(plan)
    assert both.requests == alone.requests
    assert (both.processes, alone.processes) == (2, 1)
    assert both.ends["error"] == both.ends["wrong"] == 0


def test_a_short_deadline_trades_answers_for_stand_ins():
    patient = run(Plan("composed", rate=300, seconds=1, new=0.2, deadline=60.0))
    hasty = run(Plan("composed", rate=300, seconds=1, new=0.2, deadline=0.01))
    assert patient.ends["stand-in"] == 0 < hasty.ends["stand-in"]
    assert hasty.measurements()["success_rate"] < 0.95
    assert patient.measurements()["success_rate"] == 1.0


def test_no_process_is_no_run():
    with pytest.raises(ValueError, match="processes"):
        run(Plan(), 0)
