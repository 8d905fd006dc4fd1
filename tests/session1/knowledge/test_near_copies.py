"""Every document is found by its own vector, whatever near copies are beside it."""

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from session1.knowledge import KnowledgeBase, planner, recall
from session1.knowledge.exact_index import ExactIndex, Nearest, merged
from session1.knowledge.hnsw_index import HnswIndex
from session1.knowledge.metadata_index import Texts
from session1.knowledge.reach import Reach

pytestmark = pytest.mark.slow

GOAL, DIMENSION = 0.95, 48


@pytest.fixture(autouse=True)
def walks(monkeypatch):
    """Let the planner walk wherever the graph can be relied on: these are small."""
    monkeypatch.setattr(planner, "WALK", 0.01)


def rows(copies, others, apart=1e-4, groups=1, seed=0, dimension=DIMENSION):
    """Near copies of `groups` vectors and others, mixed; which ones are copies."""
    random = np.random.default_rng(seed)
    middles = random.standard_normal((groups, dimension))
    made = middles[random.integers(0, groups, copies)]
    made = made + apart * random.standard_normal((copies, dimension))
    made = np.concatenate([made, random.standard_normal((others, dimension))])
    order = random.permutation(len(made))
    return made[order], order < copies


def ids(count, start=0):
    return [str(number) for number in range(start, start + count)]


def filled(vectors, **options):
    base = KnowledgeBase(vectors.shape[1], graph_from=200, **options)
    base.add(ids(len(vectors)), ids(len(vectors)), vectors=vectors)
    return base


def holds(base, vectors, copies):
    """Recall of the documents' own queries, near copies and others each for itself."""
    groups = [vectors[copies][:300], vectors[~copies]]
    return all(recall(base, some, k) >= GOAL for some in groups for k in (1, 10))


def finds(base, vectors, some):
    """How many of the documents `some` are not among the ten nearest to themselves."""
    return sum(
        str(one) not in {h.id for h in base.search(vectors[one])} for one in some
    )


@given(
    share=st.sampled_from([0.1, 0.5, 0.9, 0.98]),
    apart=st.sampled_from([0.0, 1e-7, 1e-4, 1e-3, 1e-2, 0.1, 0.3]),
    groups=st.sampled_from([1, 3, 30]),
    seed=st.integers(0, 100),
)
@settings(max_examples=6, deadline=None)
@example(share=0.9, apart=1e-4, groups=1, seed=0)
@example(share=0.9, apart=0.0, groups=1, seed=0)
@example(share=0.5, apart=1e-3, groups=3, seed=0)
def test_the_goal_holds_for_every_documents_own_query(share, apart, groups, seed):
    copies = int(600 * share)
    vectors, which = rows(copies, 600 - copies, apart, groups, seed)
    base = filled(vectors)
    assert holds(base, vectors, which)
    assert not finds(base, vectors, np.flatnonzero(~which))


@pytest.fixture(scope="module", params=[8, DIMENSION])
def crowd(request):
    """Vectors of which a tenth lies apart from one crowd, easily reached or not."""
    return rows(1350, 150, 1e-3, dimension=request.param)


@pytest.fixture(scope="module")
def walked():
    """Vectors that a walk is good enough for, although it misses some."""
    return rows(1350, 150, 1e-3, dimension=8)


def test_walks_alone_would_not_do(walked):
    vectors, which = walked
    base = filled(vectors)
    plan, graph = base.explain(), base._store.graph
    assert plan.walks
    index = graph.index
    lost = index.strays(*_of(base, np.flatnonzero(~which)), plan.ef)
    assert len(lost) > 0
    assert set(lost) <= set(graph.strays)
    assert holds(base, vectors, which)
    assert not finds(base, vectors, np.flatnonzero(~which))


def _of(base, slots):
    return slots, base.rows.take(slots)


@pytest.mark.deep
def test_it_holds_after_changes_and_when_loaded_again(crowd, tmp_path):
    vectors, which = crowd
    base = filled(vectors)
    more, apart = rows(300, 30, seed=7, dimension=vectors.shape[1])
    for start in range(0, 330, 165):  # part by part, as an agent learns
        some = more[start : start + 165]
        base.add(ids(165, 5000 + start), ids(165), vectors=some)
    for one, vector in zip(ids(330, 5000), more, strict=True):
        if apart[int(one) - 5000]:
            continue
        assert one in {hit.id for hit in base.search(vector)}
    base.delete(ids(330, 5000))
    base.delete(ids(500))
    base.add(ids(500), ids(500), vectors=vectors[:500])
    swapped = vectors.copy()
    swapped[:300] = vectors[:300][::-1]
    base.update(ids(300), vectors=swapped[:300])
    kinds = which.copy()
    kinds[:300] = which[:300][::-1]
    assert holds(base, swapped, kinds)
    assert not finds(base, swapped, np.flatnonzero(~kinds))
    base.save(tmp_path / "kb")
    again = KnowledgeBase.load(tmp_path / "kb")
    assert again.explain() == base.explain()
    assert again._store.graph.strays.tolist() == base._store.graph.strays.tolist()
    assert not finds(again, swapped, np.flatnonzero(~kinds))


def test_what_was_saved_without_strays_is_looked_through(walked, tmp_path, monkeypatch):
    vectors, _ = walked
    base = filled(vectors)
    dumps = json.dumps

    def without(value, **options):
        if isinstance(value, dict):
            value.pop("strays", None)
        return dumps(value, **options)

    monkeypatch.setattr(json, "dumps", without)
    base.save(tmp_path / "kb")
    monkeypatch.undo()
    again = KnowledgeBase.load(tmp_path / "kb")
    assert again._store.graph.strays.tolist() == base._store.graph.strays.tolist()


def test_filters_find_what_lies_apart(walked):
    vectors, which = walked
    base = KnowledgeBase(vectors.shape[1], graph_from=200)
    base.add(
        ids(1500), ids(1500), [{"half": n % 2} for n in range(1500)], vectors=vectors
    )
    for one in np.flatnonzero(~which):
        found = base.search(vectors[one], filter={"half": int(one % 2)})
        assert found[0].id == str(one)


def test_a_new_document_is_found_at_once(walked):
    vectors, _ = walked
    graph = Reach(ExactIndex(vectors.shape[1]), HnswIndex(vectors.shape[1]))
    units = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("f4")
    for slot in range(50):
        here = np.array([slot])
        graph._rows.put(here, units[here])
        graph.put(here, units[here])
    assert graph.strays.tolist() == list(range(50))  # nobody has looked yet
    graph.probe(10)
    assert len(graph.strays) < 50
    graph.drop(np.arange(50))
    assert not len(graph.strays)


@pytest.mark.parametrize("index_type", ["hnsw", "exact"])
@pytest.mark.parametrize("filter", [None, {"kind": "form"}])
def test_a_text_is_in_its_own_top_ten(index_type, filter, letters):
    texts = [
        f"{a}{b}{c} form" for a in "abcdefghij" for b in "klmnop" for c in "stuvwx"
    ]
    texts += ["".join(reversed(text)) for text in texts]  # the same vectors
    texts += [text.upper() for text in texts]  # again
    base = KnowledgeBase(28, index_type, embedder=letters, graph_from=200)
    kinds = [{"kind": "form"}] * len(texts)
    base.add(ids(len(texts)), texts, kinds)
    for text in texts[::7]:
        assert base.search(text, 3, filter=filter)[0].text == text
        assert base.search(text, 1, threshold=0.99, filter=filter)[0].text == text
    assert base.search(texts[0], filter={"kind": "other"}) == []


def test_a_text_with_another_vector_is_not_put_first(letters):
    base = KnowledgeBase(28, embedder=letters)
    base.add(["a", "b"], ["apple", "apples"])
    base.update(["a"], vectors=[np.eye(28)[25]])
    assert [hit.id for hit in base.search("apple")] == ["b", "a"]
    assert [hit.id for hit in base.search("apple", threshold=0.5)] == ["b"]


def test_copies_of_one_text_come_in_their_order(letters):
    base = KnowledgeBase(28, embedder=letters)
    base.add(ids(30), ["apple"] * 20 + ["elppa"] * 10)
    assert [hit.id for hit in base.search("elppa", 3)] == ids(3, 20)
    base.delete(ids(9, 20))
    assert [hit.id for hit in base.search("elppa", 3)] == ["29", "0", "1"]
    base.update(["3"], ["elppa"])
    assert [hit.id for hit in base.search("elppa", 3)] == ["3", "29", "0"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5)), max_size=40))
def test_texts_know_their_slots(steps):
    texts, model = Texts(), {}
    for text, slot in steps:
        if model.get(slot) is None:
            model[slot] = text
            texts.add(text, slot)
        else:
            texts.discard(model.pop(slot), slot)
        for one in "ab":
            expected = [slot for slot, text in model.items() if text == one]
            assert sorted(texts.slots(one)) == sorted(expected)


def test_what_is_found_twice_is_merged():
    one = Nearest(np.array([4, 2]), np.array([0.9, 0.5], "f4"))
    other = Nearest(np.array([2, 7]), np.array([0.5, 0.4], "f4"))
    found = merged(one, other, 9)
    assert found.slots.tolist() == [4, 2, 7]
    assert found.scores.tolist() == pytest.approx([0.9, 0.5, 0.4])
    assert merged(one, other, 2, ahead=0.6).slots.tolist() == [2, 7]
    assert merged(one, Nearest(one.slots[:0], one.scores[:0]), 1).slots.tolist() == [4]
