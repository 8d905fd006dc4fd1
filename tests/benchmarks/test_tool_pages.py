"""Pages `caches` and `tools`: what they count is right, and a missing peer is named."""

from typing import Any

import pytest

from benchmarks.page import Case, Run
from benchmarks.pages import caches, tools
from benchmarks.peers import caches as cache_peers
from benchmarks.peers import tool_runners

pytestmark = pytest.mark.slow


@pytest.fixture
def no_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_peers, "find_spec", lambda name: None)
    monkeypatch.setattr(tool_runners, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_peers")
def test_a_missing_peer_is_reported_and_no_error() -> None:
    row = caches.stampede()
    assert (row.ours, row.naive, row.peers) == (1, 100, {})
    assert set(row.missing.values()) == {cache_peers.HOW}
    assert "langgraph ToolNode graph" in tools.beside_one_bad(2).missing
    case = caches.get()
    assert isinstance(case.peers["cachetools TTLCache"], str)
    assert isinstance(case.peers[caches.LRU], Run)


@pytest.mark.usefixtures("no_peers")
def test_the_first_caller_leaves() -> None:
    assert (caches.served().ours, caches.served().naive) == (4, 4)
    assert (caches.runs_anew().ours, caches.runs_anew().naive) == (1, 5)


@pytest.mark.usefixtures("no_peers")
def test_good_results_survive_a_bad_one() -> None:
    assert tools.beside_one_bad(3).ours == 3


def test_every_goal_has_its_row() -> None:
    timed = {"get", "put", "async hit", "tool hit"}
    counted = {row().case for row in (caches.stampede, caches.served, caches.runs_anew)}
    assert {goal.case for goal in caches.GOALS} <= timed | counted
    names = {goal.case for goal in tools.GOALS}
    assert names == {
        "64 waits of 20 ms, over the floor",
        "own cost of a call",
        "8 blocking calls of 50 ms",
        "good results beside one bad",
    }


@pytest.mark.parametrize("make", [caches.get, caches.put, caches.async_hit])
def test_every_contender_of_a_timed_case_runs(make: Any) -> None:
    case = make()
    assert isinstance(case, Case)
    case.ours.call()
    for peer in case.peers.values():
        assert isinstance(peer, str) or peer.call() is None


def test_peers_run_the_tool() -> None:
    async def same(n: int) -> int:
        """Same."""
        return n

    calls, missing = tools.contenders(same, 3)
    for name, call in calls.items():
        answer = tools.LOOP.run_until_complete(call())
        assert answer == 3 or len(answer) == 3, name
    peers = tool_runners.runners(same)
    assert calls.keys() | missing.keys() == {"ours", "naive", *peers}
