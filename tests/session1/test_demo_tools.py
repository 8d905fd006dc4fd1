"""The demo's tool part: what is counted on real data, for the naive agent and ours."""

import asyncio

import pytest

from session1 import virtual_time
from session1.data import conversations
from session1.demo import tools
from session1.demo.tool_runs import (
    AGENTS,
    DEADLINE,
    batch_of,
    batches,
    identical,
    one_bad_one_stuck,
    results_of,
    session,
    session_of,
)
from session1.demo.toolbox import Toolbox

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def talks():
    return conversations(60, min_turns=4)


def test_tools_do_what_they_say(talks):
    box = Toolbox(talks, delay=0)
    found = box.search({"speaker": "A", "word": "music"})
    texts = {t.id: " ".join(x.text.casefold() for x in t.turns) for t in talks}
    assert found and all("music" in texts[talk] for talk in found)
    assert asyncio.run(box.fetch(talks[3].id)) == talks[3].turns[0].text
    assert "2.0" not in box.answer("What is a computer?")
    assert box.lines("trivia") > 100
    assert box.convert(1, "mile", "km") == pytest.approx(1.609344)
    assert [box.note("a"), box.note("b")] == [1, 2]


def test_an_unknown_conversation_is_an_error(talks):
    with pytest.raises(ValueError, match="no conversation nobody"):
        asyncio.run(Toolbox(talks, delay=0).fetch("nobody"))


def test_runs_are_recorded_even_when_they_fail(talks):
    box = Toolbox(talks, delay=0)
    fetch = {tool.name: tool for tool in box.tools()}["fetch"]
    with pytest.raises(ValueError):
        asyncio.run(fetch.execute({"talk": "nobody"}))
    ((name, began, ended),) = box.runs
    assert name == "fetch" and began <= ended


def test_ours_runs_nothing_again(talks):
    found = asyncio.run(batches(AGENTS["ours"], talks))
    runs = {how: len(batch.runs) for how, batch in found.items()}
    assert runs == {"one by one": 16, "at once": 16, "again": 0}
    assert len(batch_of(talks)) == 16


@pytest.mark.parametrize(("name", "runs"), [("naive", 20), ("ours", 1)])
def test_identical_calls(talks, name, runs):
    assert virtual_time.run(identical, AGENTS[name], talks, 20).value == runs


@pytest.mark.parametrize(("name", "seconds"), [("naive", 3600), ("ours", DEADLINE)])
def test_a_bad_and_a_stuck_call_leave_the_others_alone(talks, name, seconds):
    found = virtual_time.run(one_bad_one_stuck, AGENTS[name], talks).value
    assert found["good"] == found["of"] == 8
    assert found["seconds"] == pytest.approx(seconds)


def test_a_day_of_calls(talks):
    calls = session_of(talks, 120)
    right = asyncio.run(results_of(talks, calls))
    naive, ours = (
        asyncio.run(session(make, talks, calls, right)) for make in AGENTS.values()
    )
    assert ours["wrong"] == 0 < naive["wrong"]
    assert ours["notes_written"] == ours["notes_asked"] == 6 > naive["notes_written"]
    assert ours["runs"] <= naive["runs"]
    assert tools.session_section({"naive": naive, "ours": ours}).failures == ()


def test_broken_promises_are_named():
    good = {"good": 8, "of": 8, "seconds": DEADLINE}
    assert tools.apart_section({"ours": good}).failures == ()
    assert len(tools.apart_section({"ours": good | {"good": 7}}).failures) == 1
    assert tools.identical_section({"ours": {1: 1, 10: 2, 100: 1}}).failures
