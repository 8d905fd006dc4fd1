"""The page `retrieval`: its contenders give the same, and it cleans up after itself."""

from pathlib import Path

import pytest

from benchmarks.page import Run
from benchmarks.pages import retrieval

pytestmark = pytest.mark.slow


@pytest.fixture
def by_agent():
    yield retrieval.by_agent(1_000)
    while retrieval._open:
        retrieval._open.pop().close()
    retrieval._store.cache_clear()


def test_every_contender_finds_as_much(by_agent):
    runs = [by_agent.ours, by_agent.naive, *by_agent.peers.values()]
    assert all(isinstance(run, Run) for run in runs)
    assert {len(run.call()) for run in runs} == {10}
    since = retrieval.since(1_000)
    runs = [since.ours, since.naive, *since.peers.values()]
    assert {len(run.call()) for run in runs} == {100}


def test_only_one_size_is_on_disk(by_agent):
    first = Path(retrieval._open[0].folder.name)
    retrieval.since(2_000)
    assert len(retrieval._open) == 1 and not first.exists()


def test_contenders_that_differ_are_an_error():
    with pytest.raises(AssertionError):
        retrieval.same([{"id": "a"}], [{"id": "b"}])
    with pytest.raises(AssertionError):
        retrieval.same([], [])
