"""The demo's throughput part: what its figures say, on virtual time where they can."""

import asyncio

import pytest

from session1 import virtual_time
from session1.data import answers, conversations
from session1.demo import throughput_runs as runs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def questions():
    return [qa.question for qa in answers()][:40]


def test_nobody_waits_for_a_warm_pool(questions):
    cold = virtual_time.run(runs.visitors, False, questions).value
    warm = virtual_time.run(runs.visitors, True, questions).value
    assert cold["first_s"] == runs.MAKING
    assert warm["first_s"] == warm["most_s"] == 0
    assert cold["answered"] == warm["answered"] == len(questions)
    assert warm["agents"] <= 16


def test_a_window_answers_all_and_sooner_than_batches(questions):
    barrier, all_of_them = virtual_time.run(runs.by_barrier, questions).value
    window, too = virtual_time.run(runs.by_window, questions).value
    first, stream, three = virtual_time.run(runs.by_stream, questions).value
    assert all_of_them == too == three == len(questions)
    assert stream == pytest.approx(window)
    assert first < window < barrier


def test_bad_pages_cost_no_good_one():
    found = asyncio.run(runs.pages(6))
    assert {f["good"] for f in found.values()} == {6}


def test_the_map_gives_what_the_loop_gives():
    found = runs.counted(conversations(20, min_turns=20), 1)
    assert all(f["equal"] and f["items"] == 20 for f in found.values())


def test_one_user_needs_one_connection(tmp_path):
    found = runs.sqlite_queries(tmp_path, 20)
    assert found["opened"] == 1
    assert list(tmp_path.iterdir()) == []
