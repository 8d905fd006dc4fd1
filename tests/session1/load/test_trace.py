"""The trace: real questions, in bursts, the same for the same seed."""

from collections import Counter
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session1.data import conversations
from session1.llm import Message
from session1.load.trace import arrivals, model_reply, trace
from session1.questions import known


@given(st.floats(1, 500), st.floats(0.2, 5), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_callers_come_in_order_within_the_time_and_about_as_many(rate, seconds, seed):
    times = arrivals(rate, seconds, seed)
    assert times == sorted(times) == arrivals(rate, seconds, seed)
    assert all(0 <= at <= seconds for at in times)
    expected = rate * seconds
    assert abs(len(times) - expected) <= 6 * expected**0.5 + 1


def test_they_come_in_bursts():
    slots = Counter(int(10 * at) for at in arrivals(2000, 5))
    most, least = max(slots.values()), min(slots.values())
    assert most > 3 * least  # a steady stream of 200 a slot keeps within 140 to 260


def test_known_questions_are_popular_by_their_rank_and_have_fitting_answers():
    some = trace(2000, 4, new=0.0, seed=3)
    assert all(one.fits and one.reply in one.fits for one in some)
    replies = Counter(one.reply for one in some)
    first, *_, last = [n for _, n in replies.most_common()]
    assert first > 20 * last
    assert sum(one.text not in known() for one in some) > 0.1 * len(some)  # reworded


def test_new_messages_are_those_of_the_conversations_with_what_came_next():
    some = trace(100, 1, new=1.0)
    turns = conversations(1, min_turns=2)[0].turns
    pairs = list(pairwise(turns))
    for one, (said, after) in zip(islice(some, len(pairs)), pairs, strict=False):
        assert (one.text, one.reply, one.fits) == (said.text, after.text, None)


def test_the_share_of_new_ones_is_kept_and_the_seed_decides():
    some = trace(1000, 4, new=0.25, seed=1)
    assert some == trace(1000, 4, new=0.25, seed=1)
    assert some != trace(1000, 4, new=0.25, seed=2)
    share = sum(one.fits is None for one in some) / len(some)
    assert share == pytest.approx(0.25, abs=0.05)


def test_the_model_knows_the_answers():
    some = trace(500, 2, new=0.5)
    reply = model_reply(some)
    for one in some:
        if one.fits:
            assert reply([Message("user", one.text)]) in one.fits


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"seconds": -1}, {"new": 1.5}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValueError):
        trace(**{"rate": 10, "seconds": 1} | wrong)
