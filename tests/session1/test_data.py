"""The real conversations and answers: clean, in order, and quickly had."""

from datetime import UTC, datetime, timedelta

import pytest

from session1.data import answers, conversations
from session1.data.answers import topic_names
from session1.data.conversations import _named, _said


def message(text, when="2018-05-02T19:38:15Z", sender="x"):
    return {"text": text, "timestamp": when, "sender": sender}


@pytest.fixture(scope="module")
def everything():
    return conversations()


def test_every_turn_says_something_at_a_time_and_in_order(everything):
    assert len(everything) > 7_000
    assert sum(len(c.turns) for c in everything) > 258_000
    for conversation in everything:
        times = [turn.when for turn in conversation.turns]
        assert times == sorted(times)
        assert times[0].utcoffset() == timedelta(0)
        assert all(t.text == t.text.strip() != "" for t in conversation.turns)
        assert conversation.turns[0].speaker == "A"
        assert {t.speaker for t in conversation.turns} <= {"A", "B"}


def test_a_few_are_the_first_of_all(everything):
    assert conversations(5) == everything[:5]
    assert conversations(0) == []
    assert len({c.id for c in everything}) == len(everything)


def test_min_turns_leaves_out_the_short_ones(everything):
    long = conversations(3, min_turns=100)
    assert long == [c for c in everything if len(c.turns) >= 100][:3]


def test_a_negative_limit_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        conversations(-1)


def test_dirty_records_are_cleaned():
    blocks = [
        [message("later", "2018-05-02T19:40:00Z", "y")],
        [message("  first "), message(""), message(" \n")],
    ]
    found = _named("id", _said({"messages": blocks}))
    assert [t.text for t in found.turns] == ["first", "later"]
    assert [t.speaker for t in found.turns] == ["A", "B"]
    assert found.turns[0].when == datetime(2018, 5, 2, 19, 38, 15, tzinfo=UTC)


def test_answers_are_distinct_pairs_of_text():
    pairs = answers()
    assert len(pairs) == len(set(pairs)) > 800
    assert all(qa.question.strip() and qa.answer.strip() for qa in pairs)
    assert {"tech_support", "coding"} <= {qa.topic for qa in pairs}


def test_answers_on_a_topic():
    assert answers(["coding"]) == [qa for qa in answers() if qa.topic == "coding"]
    assert answers([]) == []
    assert "coding" in topic_names()
    with pytest.raises(ValueError, match="there are ai, botprofile"):
        answers(["cooking"])
