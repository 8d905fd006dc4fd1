"""Packing: the budget is a law, order is arrival, too long is skipped."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from session1.memory.context import PATIENCE, choose, notice, pack

TEXTS = st.lists(st.text(min_size=1, max_size=40), max_size=50)


@given(TEXTS, st.integers(0, 400), st.randoms(use_true_random=False))
def test_the_budget_holds_for_every_input(texts: Any, budget: int, random: Any) -> None:
    ranked = list(enumerate(texts))
    random.shuffle(ranked)
    assert len(pack(ranked, len(ranked), budget)) <= budget


@given(TEXTS, st.integers(0, 400), st.randoms(use_true_random=False))
def test_output_is_messages_in_order_of_arrival(
    texts: Any, budget: int, random: Any
) -> None:
    texts = [f"{i}:{text!r}" for i, text in enumerate(texts)]
    ranked = list(enumerate(texts))
    random.shuffle(ranked)
    lines = pack(ranked, len(ranked), budget).split("\n")
    shown = [line for line in lines if line in texts]
    assert shown == [text for text in texts if text in shown]
    if lines[0].startswith("["):
        assert lines[0] == notice(len(texts) - len(shown), len(texts))


@given(TEXTS)
def test_what_fits_whole_is_given_whole_without_notice(texts: Any) -> None:
    whole = "\n".join(texts)
    assert pack(enumerate(texts), len(texts), len(whole)) == whole


def test_nothing_gives_nothing() -> None:
    assert pack([], 0, 100) == ""


def test_a_message_too_long_is_skipped() -> None:
    ranked = [(0, "x" * 5000), (1, "short"), (2, "also short")]
    text = pack(ranked, 3, 200)
    assert text == "[1 of 3 messages left out]\nshort\nalso short"


def test_many_long_ones_in_front_do_not_hide_a_short_one() -> None:
    ranked = [(i, "x" * 300) for i in range(10 * PATIENCE)] + [(999, "short")]
    assert "short" in pack(ranked, len(ranked), 200)


def test_the_worst_ranked_makes_room_for_the_notice() -> None:
    ranked = [(0, "best" * 5), (1, "good" * 5), (2, "rest" * 5)]
    text = pack(ranked, 3, 50)
    assert text == f"{notice(2, 3)}\n{'best' * 5}"


def test_a_message_matters_more_than_the_notice() -> None:
    assert pack([(0, "hello"), (1, "x" * 99)], 2, 10) == "hello"


def test_where_no_message_fits_the_notice_may() -> None:
    ranked = [(0, "x" * 99)]
    assert pack(ranked, 1, 26) == "[1 of 1 messages left out]"
    assert pack(ranked, 1, 25) == ""


def test_looking_stops_soon_after_the_context_is_full() -> None:
    read = 0

    def ranked() -> Any:
        nonlocal read
        for i in range(100_000):
            read += 1
            yield i, "a message of thirty characters"

    picked, left = choose(ranked(), 2000)
    assert len(picked) == 64
    assert left == 2000 - 64 * 31 + 1
    assert read == len(picked) + PATIENCE
