"""The figures that 07_retrieval states, its labs and its parts, against session1."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from coursekit.core.module import load
from coursekit.core.notebook import read_cells
from coursekit.core.style import CANNOT, NOT_DRAWN
from session1.knowledge import KnowledgeBase
from session1.reuse import gate

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "solutions" / "07_retrieval"


@pytest.fixture(scope="module")
def prose() -> str:
    return "\n".join(c.text for c in read_cells(FOLDER / "07_retrieval.ipynb"))


@pytest.mark.parametrize("kind", ["chat", "noise"])
def test_a_walk_in_its_graph_finds_what_hnswlib_finds(files: Any, kind: str) -> None:
    graph = files.graph
    for ef in (10, 50):
        ours, theirs = graph.score(ef, kind=kind), graph.by_hnswlib(ef, kind=kind)
        assert ours.recall == pytest.approx(theirs, abs=0.003)


def test_the_prose_states_what_the_index_does(files: Any, prose: str) -> None:
    graph, chat = files.graph, files.chat
    found = graph.score(50)
    assert f"{found.recall:.2f}" == "0.99" and "recall of 0.99" in prose
    compared = f"{found.distances:.0f}"
    assert f"compares about {compared} of the 2,000" in prose
    told = load(FOLDER).prediction("inside").prompt
    assert f"compares {compared} of 2,000" in told
    noise = f"{graph.score(50, kind='noise').recall:.2f}"
    assert f"on noise it finds {noise}" in prose
    one, other = chat.embed(
        [
            "is it safe to eat raw fish",
            "can I eat uncooked fish without getting sick",
        ]
    )
    assert f"reach about {float(one @ other):.2f}" in prose


def test_the_guide_compares_more_than_the_tune_exercise_pays_for(
    files: Any,
) -> None:
    score = files.graph.score
    guide = score(50, among=range(100, 200))
    ours = score(25, among=range(100, 200))
    assert ours.distances <= 470 < 715 <= guide.distances
    assert ours.recall >= 0.93


def test_a_narrow_filter_inside_compares_more_not_less(
    files: Any,
) -> None:
    broad, narrow = (files.ways.measured(share) for share in (0.5, 0.02))
    assert narrow["filter inside"][0] > broad["filter inside"][0] > 720
    assert narrow["scan what passes"] == (pytest.approx(40), pytest.approx(1))
    assert narrow["filter afterwards"][1] < 0.2


def test_the_reference_walks_and_scans_the_same_messages(
    files: Any,
) -> None:
    chat, graph = files.chat, files.graph
    texts = chat.messages()
    base = KnowledgeBase()
    base.add([str(i) for i in range(len(texts))], texts)
    for number in range(20):
        hits = base.search(chat.asked()[number], 10, ef_search=100)
        right = {str(i) for i in graph.truth()[number]}
        assert len({hit.id for hit in hits} & right) >= 9


def test_three_guards_decide_as_well_as_the_reference_on_the_pairs(
    files: Any,
) -> None:
    guards = files.guards
    names = ["word order", "asked or told", "same words but a slip"]
    for part in (0, 1):
        ours = guards.served(0.6, names, part)
        pairs = guards.known()[part::2]
        theirs = [p for p in pairs if gate.judge(p.first, p.second).same]
        assert ours.wrong == 0 == sum(not p.same for p in theirs)
        assert ours.right >= sum(p.same for p in theirs)


def test_the_parts_keep_every_promise_of_the_exercises(
    files: Any,
) -> None:
    parts, told = files.parts, files.told
    for what, _, scene in files.scenes.CASES:
        got, want = scene(parts.Notes)
        assert got == want, what
    embedder = told.Embedder()
    texts = ["b", "a", "b", "c"]
    found = parts.embed_all(texts, embedder, 2)
    assert found == [told.vector(text) for text in texts]
    assert [len(batch) for batch in embedder.batches] == [2, 1]


@pytest.mark.parametrize("name", ["graph_walk", "recall_lab"])
def test_a_lab_draws_and_says_what_it_shows(files: Any, name: str) -> None:
    where = getattr(files, "walk_lab" if name == "graph_walk" else "recall_lab")
    lab: Any = getattr(where, name)()
    before = lab.image.value
    took = []
    for ef in (2, 5, 12) if name == "graph_walk" else (20, 61, 121):
        lab.set(ef=ef)
        began = time.process_time()
        lab.redraw()
        took.append(time.process_time() - began)
        assert CANNOT not in lab.summary() and NOT_DRAWN not in lab.summary()
    assert lab.image.value != before
    assert min(took) < 0.1
    assert re.search(r"\d+ of (160|2,000)", lab.summary())


def test_the_graph_walk_ends_where_its_own_search_ends(
    files: Any,
) -> None:
    lab, graph = files.walk_lab, files.graph
    for question, target in enumerate(lab.ASKED):
        away = [round(float(x), 6) for x in _away(lab.points(), target)]
        for m in lab.M:
            found, _ = graph.search(lab.built(m), away, 4)
            last = lab.steps(m, question, 4)[-1]
            assert [node for _, node in found] == list(last.best)


def _away(points: Any, target: tuple[float, float]) -> Any:
    return ((points - target) ** 2).sum(axis=1) ** 0.5
