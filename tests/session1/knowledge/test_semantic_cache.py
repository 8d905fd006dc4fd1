"""Answers found by meaning: bounded, expiring, and not served to another question."""

import pytest

from session1.data.pairs import pairs
from session1.knowledge import KnowledgeBase, SemanticCache


@pytest.fixture
def cache(clock):
    return SemanticCache(max_entries=3, ttl=10, clock=clock)


def test_a_paraphrase_gets_the_answer(cache):
    cache.put("How do I reset my password?", "Click on 'forgot'.")
    exact = cache.get("How do I reset my password?")
    assert exact == ("Click on 'forgot'.", "How do I reset my password?", 1.0)
    found = cache.get("could you tell me how to reset my password")
    assert found.value == "Click on 'forgot'."
    assert found.question == "How do I reset my password?"
    assert 0.75 <= found.score < 1
    assert (cache.hits, cache.misses, cache.refused) == (2, 0, 0)


def test_the_gate_refuses_what_only_sounds_alike(cache):
    cache.put("is it safe to eat raw fish", "Yes, when fresh.")
    assert cache.get("is it not safe to eat raw fish") is None
    assert (cache.misses, cache.refused) == (1, 1)


def test_without_the_gate_the_wrong_answer_is_served():
    open_to_all = SemanticCache(gated=False)
    open_to_all.put("is it safe to eat raw fish", "Yes, when fresh.")
    assert open_to_all.get("is it not safe to eat raw fish").value == "Yes, when fresh."


def test_the_gate_is_what_keeps_wrong_answers_away():
    wrong = {True: 0, False: 0}
    for gated in wrong:
        for pair in pairs():
            cache = SemanticCache(KnowledgeBase(256), gated=gated)
            cache.put(pair.first, "answer")
            wrong[gated] += cache.get(pair.second) is not None and not pair.same
    assert wrong[True] == 0
    assert wrong[False] > 50


def test_another_judge_may_decide(clock):
    from session1.reuse.gate import Verdict

    cache = SemanticCache(judge=lambda one, other: Verdict(False, "never"), clock=clock)
    cache.put("a question", 1)
    assert cache.get("a question!") is None
    assert cache.get("a question").value == 1


def test_answers_expire(cache, clock):
    cache.put("what is the capital of France", "Paris")
    clock.now = 10.0
    assert cache.get("what is the capital of France") is None
    assert cache.get("what's the capital of France?") is None
    assert len(cache) == 0
    cache.put("what is the capital of France", "Paris!")
    assert cache.get("what's the capital of France?").value == "Paris!"


def test_it_is_bounded_and_its_base_with_it(clock):
    base = KnowledgeBase()
    cache = SemanticCache(base, max_entries=3, clock=clock)
    for number in range(10):
        cache.put(f"question number {number}", number)
    assert (len(cache), len(base)) == (3, 3)
    assert cache.get("question number 9").value == 9
    assert cache.get("question number 2") is None


def test_a_new_answer_replaces(cache):
    cache.put("who are you", "one")
    cache.put("who are you", "two")
    assert cache.get("who are you?").value == "two"
    assert cache.pop("who are you") is True
    assert cache.pop("who are you") is False
    assert cache.get("who are you?") is None


def test_answers_are_kept_as_they_were(cache):
    answer = {"text": ["a"]}
    cache.put("who are you", answer)
    answer["text"].append("b")
    cache.get("who are you?").value["text"].append("c")
    assert cache.get("who are you").value == {"text": ["a"]}


def test_an_empty_question_is_only_itself(cache):
    cache.put("", "nothing")
    assert cache.get("").value == "nothing"
    assert cache.get(" ") is None


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match="threshold"):
        SemanticCache(threshold=1.5)
    with pytest.raises(ValueError, match="max_entries"):
        SemanticCache(max_entries=0)
    filled = KnowledgeBase(2)
    filled.add(["a"], ["x"], vectors=[[1, 0]])
    with pytest.raises(ValueError, match="its own"):
        SemanticCache(filled)
