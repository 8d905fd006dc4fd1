"""The importance heuristic: steps of 0.1, facts above filler."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.data import conversations
from session1.memory.importance import score


@given(st.text(max_size=200))
def test_any_text_scores_in_tenths(text: str) -> None:
    assert score(text) in [tenths / 10 for tenths in range(1, 11)]


@pytest.mark.parametrize("filler", ["ok", "haha yeah", "Oh, cool!", "?!", ""])
def test_filler_scores_least(filler: str) -> None:
    assert score(filler) == 0.1


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("My name is Anna and I live in Oslo", "the weather is nice here"),
        ("I'm allergic to peanuts", "peanuts are a kind of food"),
        ("remember that we meet at 9 tomorrow", "we meet there each time"),
        ("we paid 40 for it", "we paid much for it"),
        ("what do you do?", "you do that"),
        ("i talked to Maria about it", "i talked to people about it"),
    ],
)
def test_what_people_want_remembered_scores_more(more: str, less: str) -> None:
    assert score(more) > score(less)


def test_real_messages_spread_over_the_scale() -> None:
    talk = [turn.text for c in conversations(limit=50) for turn in c.turns]
    scores = [score(text) for text in talk]
    important = sum(value >= 0.6 for value in scores) / len(scores)
    assert 0.02 < important < 0.4
    assert len(set(scores)) >= 6
