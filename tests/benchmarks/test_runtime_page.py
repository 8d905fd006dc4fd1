"""Page `runtime`: all contenders do the same work, and every goal has its row."""

import pytest

from benchmarks.loop import LOOP
from benchmarks.page import Run
from benchmarks.pages import runtime
from benchmarks.peers import task_runners

pytestmark = pytest.mark.slow


def test_every_runner_does_every_call() -> None:
    seen: list[int] = []

    async def note(n: int) -> None:
        seen.append(n)

    known = dict(task_runners.runners())
    known |= {"ours": runtime.queue, "naive": task_runners.semaphore}
    known |= {"barrier": task_runners.barrier}
    for name, runner in known.items():
        if isinstance(runner, str):
            continue
        seen.clear()
        assert LOOP.run_until_complete(runner(note, 25, 10)) == 25, name
        assert sorted(seen) == list(range(25)), name


def test_a_missing_peer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_runners, "find_spec", lambda name: None)
    assert set(runtime.window(20).missing.values()) == {task_runners.HOW}
    assert isinstance(runtime.task(10).peers["aiometer amap"], str)


def test_a_window_needs_less_time_than_batches() -> None:
    row = runtime.window(60)
    assert row.naive is not None and row.ours < row.naive
    assert row.ratio_naive == pytest.approx(row.naive / row.ours)


def test_what_is_timed_runs() -> None:
    for case in (runtime.lend(1), runtime.lend(50), runtime.task(50)):
        case.ours.call()
        assert case.naive is not None
        case.naive.call()
        for peer in case.peers.values():
            assert not isinstance(peer, Run) or peer.call() == 50
    assert set(runtime.sqlite(2).peers) == {"QueuePool, unchecked"}


def test_every_goal_has_its_row() -> None:
    names = {goal.case for goal in runtime.GOALS}
    assert names == {
        *(runtime.TASK, runtime.LEND, runtime.WINDOW),
        *(runtime.SMALL, runtime.LARGE, runtime.DASK, runtime.LITE, runtime.SERVER),
        runtime.BOMB,
    }


def test_a_hostile_download_takes_little_memory() -> None:
    row = runtime.hostile(16)
    assert row.case == runtime.BOMB and row.naive is not None
    assert row.ours < 4 < 16 < row.naive
