"""The gate on the labelled pairs and by hand, and the stage on embeddings."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from session1.data.pairs import Pair, kind_names, pairs
from session1.reuse.answer_cache import AnswerCache
from session1.reuse.gate import judge
from session1.reuse.semantic import SemanticIndex, wordllama
from session1.reuse.similarity import jaccard, tokens


def near(pair: Pair) -> bool:
    return jaccard(tokens(pair.first), tokens(pair.second)) > 0.7


def test_the_pairs_are_many_balanced_and_each_has_a_reason() -> None:
    kinds = Counter(pair.kind for pair in pairs())
    labels = Counter(pair.same for pair in pairs())
    assert sum(kinds.values()) >= 400
    assert labels[False] >= 200 and labels[True] >= 120
    assert all(kinds[kind] >= 50 for kind in kind_names() if kind != "question")
    assert all(pair.reason and pair.first != pair.second for pair in pairs())
    texts = [frozenset((pair.first, pair.second)) for pair in pairs()]
    assert len(set(texts)) == len(texts)


def test_pairs_by_kind() -> None:
    assert {pair.kind for pair in pairs(["typo", "order"])} == {"typo", "order"}
    with pytest.raises(ValueError, match="no kind typos; there are paraphrase"):
        pairs(["typos"])


def test_no_different_pair_is_served_and_enough_of_the_same_are() -> None:
    different = [pair for pair in pairs() if not pair.same]
    wrong = [pair for pair in different if judge(pair.first, pair.second).same]
    assert wrong == []
    assert sum(near(pair) for pair in different) >= 200, "they must look alike"
    served = [p for p in pairs() if near(p) and judge(p.first, p.second).same]
    assert len(served) >= 55


def test_order_of_the_two_does_not_matter() -> None:
    for pair in pairs():
        there = judge(pair.first, pair.second)
        assert there == judge(pair.second, pair.first), pair
        assert judge(pair.first, pair.first).same, pair


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("is it safe to swim", "is it not safe to swim", "negation"),
        ("pay 100 dollars", "pay 900 dollars", "number"),
        ("keep it at -5", "keep it at 5", "number"),
        ("I can swim", "can I swim?", "statement or question"),
        ("when is it due", "why is it due", "question word"),
        ("call Anna at noon", "call Hanna at noon", "name"),
        ("fly from Rome to Oslo", "fly from Oslo to Rome", "word order"),
        ("enable the lamp", "disable the lamp", "content word"),
        ("what does ls -l do", "what does ls -a do", "content word"),
        ("is it united", "is it untied", "content word"),
        ("is it a carton", "is it a cartoon", "content word"),
        ("un cappello nuovo", "un capello nuovo", "content word"),
        ("my fiance is here", "my fiancee is here", "content word"),
        ("who paid rent", "who is paid rent", "content word"),
        ("a plan of 5 MB", "a plan of 5 Mb", "number"),
        ("open at 12 am", "open at 12", "number"),
        ("code of A here", "code of a here", "name"),
        ("如何打开", "如何关闭", "content word"),
        ("?!", "!?", "content word"),
    ],
)
def test_reasons(one: str, other: str, reason: str) -> None:
    assert judge(one, other) == (False, reason)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I reset my password?", "how can I reset the password"),
        ("could you tell me how to knit socks?", "How do I knit socks"),
        ("cannot connect to wi-fi", "I can't connect to wifi"),
        ("wait two minutes", "wait 2 minutes"),
        ("is it 1,000 or more?", "is it 1000 or more?"),
        ("send the receipt", "send the reciept"),
        ("如何重置我的密码", "如何重置我的密码？"),
        ("call me at 7 PM", "call me at 7 pm"),
        ("WHERE IS THE US EMBASSY", "where is the us embassy"),
    ],
)
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert judge(one, other).same


def by_hand(name: str) -> list[list[str]]:
    """Pairs of messages, a line each, that the gate was not made with."""
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [line.split(" | ") for line in lines]


def test_no_opposite_is_served_and_most_paraphrases_are() -> None:
    wrong = [pair for pair in by_hand("opposites.txt") if judge(*pair).same]
    assert wrong == []
    right = [pair for pair in by_hand("paraphrases.txt") if judge(*pair).same]
    assert len(right) >= 59


def test_every_sign_counts_but_ordinary_punctuation() -> None:
    for sign in "×÷√₹👍👎=^~#@&|{}[]\\%°":
        assert judge(f"say 7 {sign} here", "say 7 here").same is False, sign
    for mark in ".,;:!?…":
        assert judge(f"say it{mark} please", "say it, please").same, mark
    for mark in "·«»“”":
        assert judge(f"say it{mark} please", "say it, please").reason == "sign", mark


@given(st.text(), st.text())
def test_anything_can_be_judged(one: str, other: str) -> None:
    assert judge(one, other) == judge(other, one)


def letters(text: str) -> NDArray[np.float32]:
    counts = [text.count(letter) for letter in "abcdef"]
    return np.array(counts, np.float32)


def test_the_semantic_index_finds_the_nearest() -> None:
    index = SemanticIndex(letters, threshold=0.9)
    for key in ("aab", "bbc", "def", "ab", ""):
        index.add(key)
    index.add("def")
    assert [match.key for match in index.best("aaabb", 3)] == ["aab", "ab"]
    assert index.remove("ab") and not index.remove("ab")
    assert [match.key for match in index.best("aaabb", 3)] == ["aab"]
    assert index.best("zzz") == []
    assert len(index) == 4
    with pytest.raises(ValueError, match="between 0 and 1"):
        SemanticIndex(letters, threshold=0)


@given(st.lists(st.tuples(st.booleans(), st.text("abc", min_size=1, max_size=3))))
def test_the_semantic_index_equals_comparing_all(ops: list[tuple[bool, str]]) -> None:
    index, held = SemanticIndex(letters, threshold=0.5), set()
    for add, key in ops:
        if add:
            index.add(key)
            held.add(key)
        else:
            assert index.remove(key) == (key in held)
            held.discard(key)
    query = letters("aab") / np.linalg.norm(letters("aab"))
    cosines = [query @ letters(k) / np.linalg.norm(letters(k)) for k in held]
    found = index.best("aab")
    best = max(cosines, default=0)
    assert (found[0].similarity if found else 0) == pytest.approx(
        best if best > 0.5 else 0, rel=1e-5
    )


def test_the_semantic_stage_serves_what_the_gate_lets_through() -> None:
    cache = AnswerCache(semantic=SemanticIndex(threshold=0.6))
    cache.store("refund policy?", "30 days", 1.0)
    cache.store("is it safe to swim here?", "yes", 1.0)
    found = cache.find("Please tell me the refund policy!")
    assert found is not None and found == ("30 days", "semantic")
    assert cache.find("is it unsafe to swim here?") is None
    assert cache.refused >= 1
    assert wordllama() is wordllama()


def test_a_greeting_is_the_same_in_any_case_and_with_any_end() -> None:
    cache = AnswerCache()
    cache.fix("hi", "Hello!")
    cache.fix("Hi there", "Hello there!")
    cache.fix("Thanks!", "Any time.")
    said = ["hi", "Hi", "HI!", " hi ", "Hi.", "hi there!", "thanks", "hello"]
    found = [given and given.text for given in map(cache.given, said)]
    greetings = ["Hello!"] * 5
    assert found == [*greetings, "Hello there!", "Any time.", None]


@pytest.mark.parametrize(
    ("message", "same"),
    [
        ("hi, who was the only us president to resign please", True),
        ("President to resign, who was the only us?", True),
        ("Who was the only US president to resign there?", False),
        ("Who was the only US president to resign before it?", False),
        ("Is it said by many?", False),
        ("hi " * 1000, False),
        ("", False),
    ],
)
def test_a_message_has_just_the_words_of_a_known_one(message: str, same: bool) -> None:
    cache = AnswerCache()
    cache.fix("Who was the only US president to resign?", "Nixon")
    cache.store("Is it said by many?", "Yes", 1.0)
    assert cache.rewords(message) is same
