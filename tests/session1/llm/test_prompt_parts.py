"""Chosen examples, a prompt's layout, what it shares with the one before, effects."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import virtual_time
from session1.data import answers
from session1.llm import Message, SimulatedLLM
from session1.llm.models import table
from session1.llm.prompt import (
    Example,
    PromptLayout,
    Shots,
    by_meaning,
    by_words,
    compare,
    saved,
    shared_tokens,
)

POOL = [
    Example("How do I reset my password?", "Use the link on the sign-in page."),
    Example("What does a parcel to Spain cost?", "Nine euros."),
    Example("I forgot my password, what now?", "Ask for a new one by email."),
    Example("Are you open on Sunday?", "Yes, from ten to four."),
]
count = SimulatedLLM().count_tokens


def questions(examples):
    return [example.question for example in examples]


@pytest.mark.parametrize("relevance", [by_meaning, by_words])
def test_the_nearest_examples_in_the_order_of_the_pool(relevance):
    shots = Shots(POOL, count, relevance)
    chosen = shots.select("How can I change my password?", 1000, limit=2)
    assert questions(chosen) == questions([POOL[0], POOL[2]])


def test_a_budget_is_kept_and_a_smaller_example_takes_the_room():
    sizes = [count(f"{example}\n\n") for example in POOL]
    shots = Shots(POOL, count, by_words)
    assert sizes[2] < sizes[0]
    for room, chosen in ((sizes[0], POOL[0]), (sizes[0] - 1, POOL[2])):
        assert shots.select(POOL[0].question, room) == [chosen]
        assert count(shots.text(POOL[0].question, room)) <= room
    assert shots.select(POOL[0].question, 1) == []


def test_no_examples_no_choice():
    for relevance in (by_words, by_meaning):
        assert Shots([], count, relevance).select("hi", 100) == []


@pytest.mark.parametrize("bad", [{"max_tokens": 0}, {"max_tokens": 9, "limit": 0}])
def test_bad_budgets_are_refused(bad):
    with pytest.raises(ValueError, match="at least 1"):
        Shots(POOL, count, by_words).select("hi", **bad)


@given(st.integers(1, 400), st.integers(1, 9), st.sampled_from(answers(["food"])))
def test_real_examples_fit_their_budget_and_stay_in_order(budget, limit, qa):
    pool = [Example(a.question, a.answer) for a in answers(["food"])]
    shots = Shots(pool, count, by_words)
    chosen = shots.select(qa.question, budget, limit)
    assert len(chosen) <= limit
    assert sum(count(f"{example}\n\n") for example in chosen) <= budget
    places = [pool.index(example) for example in chosen]
    assert places == sorted(places)
    if chosen and budget > 200:
        assert qa.question in questions(chosen), "the same question is the nearest"


LAYOUT = (
    PromptLayout()
    .varying("question")
    .varying("facts", "sometimes")
    .fixed("rules", "Be brief.")
    .varying("time")
)


def test_what_is_fixed_goes_first_whatever_was_named_first():
    history = [Message("user", "Hi."), Message("assistant", "Hello.")]
    built = LAYOUT.build(history, question="Why?", facts="It rains.", time="9:00")
    assert built == [
        Message("system", "Be brief.\n\nIt rains."),
        *history,
        Message("user", "Why?\n\n9:00"),
    ]


def test_what_is_empty_is_left_out():
    assert LAYOUT.build(question="", facts="", time="") == [
        Message("system", "Be brief.")
    ]
    assert PromptLayout().build() == []


@pytest.mark.parametrize(
    "texts",
    [
        {"question": "Why?"},
        {"question": "", "facts": "", "time": "", "tone": "x"},
        {"question": "", "facts": "", "time": "", "rules": "x"},
    ],
)
def test_texts_that_do_not_fit_the_layout_are_refused(texts):
    with pytest.raises(ValueError, match="this takes facts, question, time"):
        LAYOUT.build(**texts)


def test_a_piece_has_one_name():
    with pytest.raises(ValueError, match="'rules' already"):
        LAYOUT.varying("rules")


def test_what_two_prompts_share():
    one = [Message("system", "a b c"), Message("user", "one two")]
    other = [Message("system", "a b c"), Message("user", "one three")]
    assert shared_tokens(one, one, count) == 5
    assert shared_tokens(other, one, count) == 3 + 1  # not the cut "t"
    assert shared_tokens("one two", "two one", count) == 0
    assert shared_tokens([Message("user", "a")], [Message("system", "a")], count) == 0
    assert shared_tokens(one, one[:1], count) == 3


@given(st.text(), st.text(), st.text())
def test_shared_tokens_are_some_of_both(start, one, other):
    shared = shared_tokens(start + one, start + other, count)
    assert 0 <= shared <= min(count(start + one), count(start + other))
    assert shared >= count(start) - 1


def test_a_saving_shrinks_with_the_data():
    before = "Please do be so kind as to look at all of this: {data}"
    after = "Look at: {data}"
    savings = [saved(before, after, count, "word " * n) for n in (0, 100, 1000)]
    assert savings[0] > 0.5 > 0.2 > savings[1] > savings[2] > 0
    with pytest.raises(ValueError, match=r"no \{data\}"):
        saved("nothing", after, count)


def test_effects_of_several_ways_to_ask():
    llm = SimulatedLLM(reply=lambda _: "yes indeed")
    short, long = virtual_time.run(
        lambda: compare(
            llm,
            {"short": "a", "long": "word " * 500},
            price=table().models["small"],
            rounds=3,
        )
    ).value
    assert (short.name, short.text, llm.usage.calls) == ("short", "yes indeed", 6)
    assert short.prompt_tokens < long.prompt_tokens
    assert short.first_token_s < long.first_token_s < long.total_s
    assert short.dollars < long.dollars


@pytest.mark.model
def test_the_real_model_reads_no_more_than_what_is_not_shared(model):
    rules = "You answer questions about a small ferry line, briefly. " * 8
    layout = PromptLayout().fixed("rules", rules).varying("question")
    first = layout.build(question="When does the first boat leave?")
    second = layout.build(question="Are dogs allowed?")

    async def main():
        await model.generate(first, max_tokens=1)
        return await model.generate(second, max_tokens=1)

    reply = asyncio.run(main())
    shared = shared_tokens(second, first, model.count_tokens)
    assert shared <= reply.cached_tokens <= shared + 20
