"""The index against the scan, over random additions, removals and questions."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.reuse.bitmaps import Bitmap, at_least, count, exactly
from session1.reuse.index import JaccardIndex
from session1.reuse.similarity import best_by_scan, jaccard, tokens, words


def some_tokens(rng: random.Random, vocabulary: int, most: int) -> frozenset[str]:
    return frozenset(
        f"w{rng.randrange(vocabulary)}" for _ in range(rng.randint(0, most))
    )


def changed(
    rng: random.Random, held: frozenset[str], vocabulary: int
) -> frozenset[str]:
    kept = [token for token in held if rng.random() < 0.93]
    return frozenset(kept) | some_tokens(rng, vocabulary, 1)


@pytest.mark.parametrize("threshold", [0.3, 0.55, 0.7, 0.8, 0.9])
@pytest.mark.parametrize("vocabulary", [5, 14, 60, 400])
@pytest.mark.parametrize("bitmap_from", [1, 4, 128])
def test_a_thousand_random_operations_equal_the_scan(
    threshold: float, vocabulary: int, bitmap_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bitmap_from < 128:  # choose bitmaps whatever they cost
        monkeypatch.setattr("session1.reuse.index.PROBE_US", 1e6)
    rng = random.Random(f"{threshold} {vocabulary} {bitmap_from}")
    index = JaccardIndex(threshold, bitmap_from)
    held: dict[str, frozenset[str]] = {}
    for step in range(350):
        key = f"k{rng.randrange(90)}" if rng.random() < 0.4 else f"n{step}"
        held.pop(key, None)
        held[key] = some_tokens(rng, vocabulary, 9)
        index.add(key, held[key])
        if rng.random() < 0.45:
            gone = rng.choice(list(held))
            del held[gone]
            assert index.remove(gone)
        wanted = changed(rng, rng.choice([*held.values(), frozenset()]), vocabulary)
        limit = rng.choice([1, 1, 2, 5])
        expected = best_by_scan(held.items(), wanted, threshold, limit)
        assert index.best(wanted, limit) == expected
    assert dict(index.items()) == held
    assert len(index) == len(held)


@given(st.data())
def test_any_sequence_of_operations_equals_the_scan(data: st.DataObject) -> None:
    sets = st.frozensets(st.sampled_from("abcdefg"), max_size=7)
    index, held = JaccardIndex(0.6, bitmap_from=2), {}
    for key, value, drop in data.draw(
        st.lists(st.tuples(st.sampled_from("pqrstuv"), sets, st.booleans()))
    ):
        held.pop(key, None)
        if drop:
            index.remove(key)
        else:
            held[key] = value
            index.add(key, value)
    wanted = data.draw(sets)
    for limit in (1, 3):
        assert index.best(wanted, limit) == best_by_scan(
            held.items(), wanted, 0.6, limit
        )


def test_ties_go_to_the_earliest_and_a_removal_hands_over() -> None:
    index = JaccardIndex()
    for key in ("first", "second", "third"):
        index.add(key, frozenset("abcdefgh"))
    index.add("near", frozenset("abcdefg"))
    assert [m.key for m in index.best(frozenset("abcdefgh"), 9)] == [
        "first",
        "second",
        "third",
        "near",
    ]
    index.remove("first")
    assert index.best(frozenset("abcdefgh"))[0].key == "second"
    index.add("second", frozenset("xyz"))
    assert index.best(frozenset("abcdefgh"))[0].key == "third"
    assert not index.remove("first")


def test_removing_keeps_it_small() -> None:
    index = JaccardIndex()
    for n in range(3000):
        index.add(f"k{n}", frozenset({"status", "of", "order", str(n)}))
        index.remove(f"k{n - 10}")
    assert len(index) == 10
    assert len(index._keys) < 100
    assert len(index._holders) < 20


def test_a_threshold_outside_its_range_is_refused() -> None:
    for threshold in (0.0, 1.0, -1.0):
        with pytest.raises(ValueError, match="between 0 and 1"):
            JaccardIndex(threshold)


@given(st.lists(st.integers(0, 2**40 - 1), max_size=12), st.integers(1, 13))
def test_counting_bits_of_many_rows(rows: list[int], number: int) -> None:
    digits = count(list(rows))
    tally = [sum(row >> slot & 1 for row in rows) for slot in range(40)]
    whole = 2**40 - 1
    assert at_least(digits, number) == sum(
        1 << slot for slot, n in enumerate(tally) if n >= number
    )
    assert exactly(digits, number, whole) == sum(
        1 << slot for slot, n in enumerate(tally) if n == number
    )


@given(st.lists(st.integers(0, 5000), unique=True).map(sorted), st.data())
def test_a_bitmap_is_a_set(slots: list[int], data: st.DataObject) -> None:
    bitmap = Bitmap()
    for slot in slots:
        bitmap.add(slot)
    gone = data.draw(st.sampled_from(slots)) if slots else 0
    bitmap.discard(gone)
    assert bitmap.read() == sum(1 << slot for slot in slots if slot != gone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What's the refund policy?", "what is the refund policy"),
        ("What's the rarest M&M?", "what is the rarest m & m"),
        ("Isn't s, d or n't one?", "is not s d or n't one"),
        ("I can't log in, won't you HELP", "i can not log in will not you help"),
        ("I don’t know; they're Bob's", "i do not know they are bob"),
        ("pay $1,000 or -5 at 10:30", "pay $ 1,000 or -5 at 10:30"),
        ("ls -l vs ls --all-files", "ls -l vs ls --all-files"),
        ("C++ and C# and a<b", "c + + and c # and a < b"),
        ("如何重置密码?", "如 何 重 置 密 码"),
        ("parse_json2 x != y", "parse_json2 x != y"),
        ("", ""),
        ("?!...", ""),
        ("10² 1½ −4 (-5) .5 🙂", "10 ² 1 ½ -4 ( -5 ) .5 🙂"),
        ("l’eau, O'Brien's -L -l", "l'eau o'brien -L -l"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert words(text) == expected.split()


@given(st.text("aBnt'.,;:?\" \n") | st.text(max_size=9))
def test_plain_prose_is_read_as_all_else_is(text: str) -> None:
    assert words(f"{text} =") == [*words(text), "="]  # a sign: no plain prose


@given(st.text())
def test_words_come_out_of_anything(text: str) -> None:
    assert all(word and not word.isspace() for word in words(text))
    assert jaccard(tokens(text), tokens(text)) == (1.0 if words(text) else 0.0)
