"""One contract for both indexes, then what each adds to it."""

import numpy as np
import pytest

from session1.knowledge.exact_index import ExactIndex, best
from session1.knowledge.hnsw_index import HnswIndex, TooFewFound


def slots_of(found):
    return [int(slot) for slot in found.slots]


@pytest.fixture(params=["exact", "hnsw"])
def make(request):
    if request.param == "exact":
        return lambda: ExactIndex(16, capacity=2)
    return lambda: HnswIndex(16, capacity=2)


class TestContract:
    def test_finds_the_nearest_first(self, make, clustered):
        index, rows = make(), clustered(50)
        index.put(np.arange(50), rows)
        assert len(index) == 50
        found = index.search(rows[7], 5)
        expected = np.argsort(-(rows @ rows[7]), kind="stable")[:5]
        assert slots_of(found) == expected.tolist()
        assert found.scores == pytest.approx((rows @ rows[7])[expected], abs=1e-5)

    def test_grows_beyond_its_capacity(self, make, clustered):
        index, rows = make(), clustered(40)
        for slot in range(40):
            index.put(np.array([slot]), rows[slot : slot + 1])
        assert all(slots_of(index.search(rows[s], 10))[0] == s for s in range(40))

    def test_what_was_dropped_is_not_found(self, make, clustered):
        index, rows = make(), clustered(50)
        index.put(np.arange(50), rows)
        index.drop(np.array([3, 7]))
        assert len(index) == 48
        assert slots_of(index.search(rows[7], 3))[0] not in (3, 7)

    def test_a_dropped_slot_is_used_again(self, make, clustered):
        index, rows = make(), clustered(51)
        index.put(np.arange(50), rows[:50])
        index.drop(np.array([7]))
        index.put(np.array([7]), rows[50:])
        assert len(index) == 50
        assert slots_of(index.search(rows[50], 10))[0] == 7

    def test_a_slot_gets_another_vector(self, make, clustered):
        index, rows = make(), clustered(51)
        index.put(np.arange(50), rows[:50])
        index.put(np.array([7]), rows[50:])
        assert len(index) == 50
        assert slots_of(index.search(rows[50], 10))[0] == 7
        assert index.search(rows[7], 1).scores[0] < 0.9999


def test_a_scan_keeps_to_some_slots(clustered):
    index, rows = ExactIndex(16), clustered(5000)
    index.put(np.arange(5000), rows)
    for some in (np.arange(10, 20), np.arange(0, 5000, 3)):  # gathered; all read
        expected = some[np.argsort(-(rows[some] @ rows[0]), kind="stable")[:4]]
        assert slots_of(index.search(rows[0], 4, some)) == expected.tolist()


def test_a_scan_has_no_more_than_there_is(clustered):
    index = ExactIndex(16)
    assert slots_of(index.search(clustered(1)[0], 3)) == []
    index.put(np.arange(4), -clustered(4))
    index.drop(np.array([0, 2]))
    assert sorted(slots_of(index.search(clustered(1)[0], 9))) == [1, 3]


def test_ties_come_in_the_order_of_slots():
    scores = np.array([0.5, 0.9, 0.5, 0.1, 0.5, 0.5], np.float32)
    assert slots_of(best(scores, 3)) == [1, 0, 2]
    assert slots_of(best(scores, 9)) == [1, 0, 2, 4, 5, 3]
    assert slots_of(best(scores, 2, np.arange(10, 16))) == [11, 10]
    assert slots_of(best(scores, 0)) == []


def test_a_walk_says_that_it_found_too_few(clustered):
    index, rows = HnswIndex(16), clustered(10)
    index.put(np.arange(10), rows)
    index.drop(np.arange(5))
    with pytest.raises(TooFewFound, match="fewer than 6"):
        index.search(rows[0], 6)


def test_more_candidates_find_more(clustered):
    rows, asked = clustered(3000), clustered(100, seed=5)
    exact, graph = ExactIndex(16), HnswIndex(16, m=4, ef_construction=20)
    exact.put(np.arange(3000), rows)
    graph.put(np.arange(3000), rows)
    shares = []
    for ef in (10, 40, 400):
        right = [
            len(
                set(slots_of(graph.search(one, 10, ef)))
                & set(slots_of(exact.search(one, 10)))
            )
            for one in asked
        ]
        shares.append(sum(right) / 1000)
    assert shares == sorted(shares)
    assert shares[0] < 0.95 < shares[-1]


def test_a_slot_may_change_for_ever(clustered):
    index, rows = HnswIndex(16), clustered(60, seed=2)
    index.put(np.arange(10), rows[:10])
    for turn in range(1, 6):
        index.put(np.arange(10), rows[10 * turn :][:10])
        assert len(index) == 10
        assert index.spent == (turn > 1)  # then it is better made anew
    assert slots_of(index.search(rows[53], 10))[0] == 3
    assert sorted(slots_of(index.search(rows[0], 10))) == list(range(10))
    index.drop(np.array([3]))
    index.drop(np.array([3]))  # a second time does nothing
    assert len(index) == 9 and 3 not in slots_of(index.search(rows[53], 9))


def test_a_graph_from_which_much_was_dropped_is_not_spent(clustered):
    index = HnswIndex(16)
    index.put(np.arange(50), clustered(50))
    index.drop(np.arange(45))
    index.put(np.arange(20), clustered(20, seed=3))
    assert not index.spent


def test_a_graph_is_saved_and_read(tmp_path, clustered):
    index, rows = HnswIndex(16), clustered(50)
    index.put(np.arange(50), rows)
    index.drop(np.array([4]))
    index.put(np.array([8]), clustered(1, seed=9))
    index.save(tmp_path / "graph")
    again = HnswIndex.load(tmp_path / "graph", 16, index.nodes)
    assert len(again) == 49
    assert slots_of(again.search(rows[4], 5)) == slots_of(index.search(rows[4], 5))
    assert slots_of(again.search(clustered(1, seed=9)[0], 5))[0] == 8
    again.put(np.arange(50, 60), clustered(10, seed=3))
    assert len(again) == 59
