"""The demo's knowledge part: real messages, and promises that can fail."""

import pytest

from session1.demo import knowledge
from session1.knowledge import KnowledgeBase

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def filled():
    held, asked = knowledge.messages(300)
    base = KnowledgeBase()
    texts = [one["text"] for one in held]
    facts = [{"speaker": one["speaker"], "hour": one["hour"]} for one in held]
    base.add([str(number) for number in range(300)], texts, facts)
    return base, held, list(base.embed_batch(asked, 256))


def test_messages_are_distinct_and_real():
    held, asked = knowledge.messages(300)
    texts = [one["text"] for one in held]
    assert (len(texts), len(asked)) == (300, knowledge.ASKED)
    assert len({*texts, *asked}) == 400
    assert {one["speaker"] for one in held} == {"A", "B"}


def test_filters_are_checked_against_the_messages(filled):
    base, held, questions = filled
    section = knowledge.filter_section(base, held, questions)
    assert section.failures == ()
    before = sum(one["hour"] < 12 for one in held)
    assert section.data["before noon"]["pass"] == before > 0
    wrong = [one | {"hour": 3} for one in held]
    failed = knowledge.filter_section(base, wrong, questions).failures
    assert failed == ("a filtered search found others than those that pass",)


def test_a_search_that_finds_too_little_is_reported(filled, monkeypatch):
    base, _, questions = filled
    assert knowledge.search_section(base, questions).failures == ()
    monkeypatch.setattr(knowledge, "recall", lambda *_, **__: 0.9)
    (failure,) = knowledge.search_section(base, questions).failures
    assert "below 0.95" in failure


def test_the_cache_shows_what_the_gate_is_for():
    section = knowledge.cache_section()
    assert section.failures == ()
    assert section.data["open"] == {"opposite_served": True, "same_served": True}
    assert section.data["gated"] == {"opposite_served": False, "same_served": True}


def test_questions_find_their_answers():
    data = knowledge.answers_section().data
    asked = "explain what an operating system is"
    assert data[asked]["found"] == "What is an operating system?"
