"""Knowledge: vectors, and what is near."""

import numpy as np
import pytest

from session1.knowledge import KnowledgeBase
from session1.knowledge.embedders import default_embedder
from session1.llm.errors import ModelMissing
from tests.session1.guide.parts import remarks

pytestmark = pytest.mark.slow

KNOWN = ["Can you tell me what machine learning is?", "What is AI?", "Who is Rex?"]


@pytest.fixture
def minilm():
    """The guide's base, as it stands there; with the real model."""
    base = KnowledgeBase(
        vector_dimension=384, index_type="hnsw", ef_construction=200, m=16
    )
    try:
        base.embed_batch(["a robot"])
    except ModelMissing as e:
        pytest.skip(str(e))
    return base


class TestVectorSearchPerformance:
    @pytest.mark.model
    def test_the_guides_384_dimensions_are_minilms(self, minilm):
        assert minilm.embed_batch(["a robot"]).shape == (1, 384)

    def test_without_its_file_the_error_says_how_to_get_it(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SESSION1_CACHE", str(tmp_path))
        default_embedder.cache_clear()
        with pytest.raises(
            ModelMissing, match=r"python -m session1\.knowledge\.minilm"
        ):
            KnowledgeBase(vector_dimension=384).embed_batch(["a robot"])

    def test_batches_give_the_same_vectors_in_fewer_calls(self, knowledge):
        documents = remarks(100)
        calls = []

        class Counted:
            dimension = 256

            def __call__(self, texts):
                calls.append(len(texts))
                return knowledge.embedder(texts)

        base = KnowledgeBase(embedder=Counted())
        embeddings = base.embed_batch(documents, batch_size=32)
        assert calls == [32, 32, 32, 4]
        alone = np.concatenate([knowledge.embed_batch([d]) for d in documents])
        np.testing.assert_allclose(embeddings, alone, atol=1e-5)


class TestSemanticSearchOptimization:
    def test_nearest_first_and_none_below_the_threshold(self, knowledge):
        ask = {"query": "What is machine learning?", "top_k": 10, "ef_search": 50}
        found = knowledge.search(**ask)
        scores = [hit.score for hit in found]
        assert len(found) == 10 and scores == sorted(scores, reverse=True)
        over = knowledge.search(**ask, threshold=scores[4])
        assert [hit.id for hit in over] == [hit.id for hit in found[:5]]
        assert knowledge.search(**ask, threshold=0.999) == []

    def test_the_guides_threshold_fits_the_default_embedder(self):
        base = KnowledgeBase()
        base.add(KNOWN, KNOWN)
        found = base.search("What is machine learning?", threshold=0.7)
        assert [hit.id for hit in found] == KNOWN[:1]

    @pytest.mark.model
    def test_it_fits_minilm_which_knows_other_words_too(self, minilm):
        minilm.add(KNOWN, KNOWN)
        found = minilm.search("What is machine learning?", threshold=0.7)
        assert found[0].id == KNOWN[0] and KNOWN[2] not in {hit.id for hit in found}

    def test_a_filter_is_applied_during_the_search(self, knowledge):
        results = knowledge.search(
            query="artificial minds", filter={"category": "ai"}, top_k=5
        )
        assert len(results) == 5  # a filter applied afterwards would leave fewer
        assert {hit.metadata["category"] for hit in results} == {"ai"}
        plan = knowledge.explain(5, filter={"category": "ai"})
        assert plan.matching < plan.live
