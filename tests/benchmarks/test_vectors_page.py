"""The page `vectors`, on a few hundred sentences: what it compares is alike."""

import pytest

from benchmarks.page import Case
from benchmarks.pages import vectors as page
from benchmarks.peers import vectors as peers

pytestmark = pytest.mark.slow

N = 600


@pytest.fixture(scope="module", autouse=True)
def small():
    yield
    page.built.cache_clear()
    page.least_ef.cache_clear()


def test_every_contender_reaches_the_recall():
    row = page.recall(N)
    assert row.ours >= page.RECALL
    assert {"hnswlib"} <= set(row.peers)
    assert all(share >= page.RECALL for share in row.peers.values())


def test_filtered_searches_reach_it_too():
    row = page.filter_recall(N)
    assert row.ours == 1.0
    assert row.peers["callback, ef for it"] >= page.RECALL


@pytest.mark.parametrize("make", [page.nearest, page.bare, page.by_hand, page.filtered])
def test_every_case_runs(make):
    case = make(N)
    assert isinstance(case, Case)
    runs = [case.ours, case.naive, *case.peers.values()]
    assert all(run.call() for run in runs if hasattr(run, "call"))


def test_hnswlib_finds_the_nearest_with_our_ef():
    all, raw = page.built(N), page.same_ef(N)
    found = [raw.search(question, page.K)[0] for question in all.data.questions]
    right = (all.scores.argmax(axis=1) == found).mean()
    assert right > page.RECALL


def test_goals_name_cases_that_there_are():
    known = {"recall@10", "recall@10, 5 % filter", "5 % filter", "build", page.LONGEST}
    known |= {make(N).case for make in (page.nearest, page.bare, page.by_hand)}
    assert {goal.case for goal in page.GOALS} <= known


def test_recall_counts_ties():
    scores = peers.np.array([[0.9, 0.5, 0.5, 0.1]], "f4")
    kth = peers.np.array([0.5], "f4")
    assert peers.share_found([[0, 2]], kth, scores) == 1.0
    assert peers.share_found([[0, 3]], kth, scores) == 0.5
