"""The demo's monitoring part: what it finds on real input, and what it promises."""

import pytest

from session1 import virtual_time
from session1.demo import monitored, monitoring
from session1.demo.part import YOURS, Context, Mine
from session1.demo.replay import MEMORIES, lines_of, long_talks
from session1.llm import SimulatedLLM
from session1.monitoring.profiling import profile_function

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen():
    return virtual_time.run(
        monitoring.tracked, SimulatedLLM(), monitoring.QUESTIONS[:2]
    ).value


@pytest.fixture(scope="module")
def lines():
    return lines_of(long_talks(1)[0])[:200]


def test_every_call_is_counted_and_the_await_is_timed(seen):
    first, again = (found["functions"]["answer"] for found in seen.values())
    assert (first["calls"], again["calls"]) == (2, 8)
    assert first["latency"]["p50"] > 0.1 > again["latency"]["p99"]
    found = seen[monitoring.FIRST]
    assert found["functions"]["remember"]["errors"] == 1
    assert found["metrics"][0]["count"] == 2
    assert found["prometheus_lines"] > 20
    assert monitoring.tracked_section(seen, "simulated").failures == ()


def test_what_was_not_counted_fails(seen):
    lost = {when: {**found, "errors": {"recent": []}} for when, found in seen.items()}
    assert monitoring.tracked_section(lost, "simulated").failures == (
        "an error was not recorded",
    )


def test_the_profile_finds_the_search_in_the_naive_memory(lines):
    profiles = {
        name: profile_function(monitoring.contexts, make, lines)[1]
        for name, make in MEMORIES.items()
    }
    section = monitoring.profile_section(profiles, len(lines))
    assert section.failures == ()
    top = {row["function"] for row in section.data["naive"]}
    assert {"builtins.min", "builtins.max"} <= top
    swapped = {"naive": profiles["ours"], "ours": profiles["naive"]}
    assert monitoring.profile_section(swapped, len(lines)).failures


def test_the_peak_has_its_lines(lines):
    section = monitoring.memory_section(lines)
    assert section.failures == ()
    assert section.data["peak_bytes"] >= section.data["left_bytes"] > 10_000
    assert "bounded.py" in section.text


def test_the_flowchart_names_latency_and_reuse_mends_it(seen):
    section = monitoring.flowchart_section(seen)
    assert section.failures == ()
    assert section.data["before"][0] == "latency"
    assert "answer repeated questions from a cache (fast_response_agent" in section.text
    first, again = seen.values()
    backwards = {"before": again, "after": first}
    failures = monitoring.flowchart_section(backwards).failures
    assert failures == ("reuse did not make answers faster",)


def a_context(tmp_path, **makers):
    def wait(_):
        raise AssertionError("no model is asked")

    notes: list[str] = []
    mine = Mine(makers)
    context = Context(
        SimulatedLLM(), wait, True, tmp_path, False, mine, note=notes.append
    )
    return context, notes


def test_a_learners_monitor_stands_beside_ours(tmp_path):
    assert monitored.section(a_context(tmp_path)[0]) is None
    context, notes = a_context(tmp_path, monitoring=monitored.Ours)
    found = monitored.section(context)
    assert list(found.data) == [YOURS, "ours"] and notes == []
    assert found.data[YOURS] == found.data["ours"]
    assert found.data["ours"]["success_rate"] == pytest.approx(0.98)
    assert "P99 latency" in found.text


def test_a_learners_monitor_may_fail(tmp_path):
    context, notes = a_context(tmp_path, monitoring=lambda clock: None)
    found = monitored.section(context)
    assert list(found.data) == ["ours"]
    assert "yours stopped" in notes[0]
