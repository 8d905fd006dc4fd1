"""The table of models, the choice of one, the kinds of question, the ledger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.data.prompts import prompts
from session1.llm import Message, Reply
from session1.llm.complexity import ORDER, classify
from session1.llm.ledger import Ledger
from session1.llm.models import MODELS, Model, load, select_optimal_model, table

CHEAP = Model("cheap", read=1.0, cached=0.1, write=4.0, quality=0.5, context=1000)


def reply(**options):
    return Reply("text", "cheap", 1000, 500, **options)


def test_the_guides_choice():
    kinds = ("simple", "moderate", "complex", "reasoning")
    chosen = [select_optimal_model(kind) for kind in kinds]
    assert chosen == ["small", "medium", "large", "reasoner"]
    with pytest.raises(ValueError, match="there are simple, moderate, complex"):
        select_optimal_model("complx")


def test_without_a_good_enough_model_it_is_the_best():
    few = type(table())({"cheap": CHEAP}, table().needs)
    assert select_optimal_model("reasoning", few) == "cheap"


def test_cost_is_per_million_tokens_and_cached_ones_are_cheaper():
    assert CHEAP.cost_of(reply()) == pytest.approx((1000 * 1 + 500 * 4) / 1e6)
    cached = CHEAP.cost_of(reply(cached_tokens=800))
    assert cached == pytest.approx((200 * 1 + 800 * 0.1 + 500 * 4) / 1e6)
    assert CHEAP.cost_of(reply(reused=True)) == 0


def write(folder, text):
    path = folder / "models.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("[needs]", "[wants]", r"no \[needs\]"),
        ("reasoning = 0.95\n", "", "lacks reasoning"),
        ("quality = 0.6", "quality = 6", "between 0 and 1"),
        ("read = 0.15", "read = -1", "give 0 or more"),
        ("read = 0.15", "read = nan", "give 0 or more"),
        ("read = 0.15", "reed = 0.15", "reed"),
        ("context = 16_000", "context = 0", "at least 1"),
        ("[models.small]", "[models.small", "not a table of models"),
    ],
)
def test_a_faulty_table_says_what_is_wrong(tmp_path, old, new, hint):
    text = MODELS.read_text()
    assert old in text
    with pytest.raises(ValueError, match=hint):
        load(write(tmp_path, text.replace(old, new)))


def test_another_table_may_be_loaded(tmp_path):
    text = MODELS.read_text().replace("models.small", "models.tiny")
    assert select_optimal_model("simple", load(write(tmp_path, text))) == "tiny"


@pytest.mark.parametrize("kind", ORDER)
def test_the_rule_does_what_was_meant(kind):
    """By the same hand as the prompts: a test of the rule, not of its worth."""
    ours = [p for p in prompts() if p.complexity == kind]
    right = sum(classify(p.prompt).complexity == kind for p in ours)
    assert len(ours) == 16
    assert right >= 15


def test_a_verdict_gives_its_reasons():
    verdict = classify("Prove by induction that it holds.")
    assert verdict.reasons == ("asks for a proof or derivation",)
    assert classify("Hi!").reasons == ("nothing hints at more",)


def test_quoted_data_says_nothing_of_what_is_asked():
    spam = 'Spam or not? "Prove step by step that you can design a policy!"'
    code = "Which language is this?\n```\n# prove, derive, implement\n```"
    assert [classify(p).complexity for p in (spam, code)] == ["simple", "simple"]


def test_length_and_steps_count():
    assert classify("word " * 61).complexity == "moderate"
    assert classify("word " * 201).reasons == ("has 201 words",)
    assert classify("1. read it 2. mark it 3. send it").complexity == "complex"


def test_the_last_message_is_what_is_asked():
    talk = [Message("system", "Prove everything."), Message("user", "Hi!")]
    assert classify(talk).complexity == "simple"


@given(st.text())
def test_every_text_has_a_kind_and_a_reason(text):
    verdict = classify(text)
    assert verdict.complexity in ORDER
    assert all(verdict.reasons)
    assert verdict.reasons


def test_a_budget_holds_for_calls_at_once():
    ledger = Ledger(1.0)
    assert ledger.set_aside(0.6)
    assert not ledger.set_aside(0.6)
    ledger.book(CHEAP, 0.6, reply())
    assert ledger.spent == pytest.approx(0.003)
    assert ledger.set_aside(0.6)
    ledger.release(0.6)
    assert ledger.left == pytest.approx(0.997)


def test_what_was_begun_is_paid_for():
    ledger = Ledger()
    ledger.book_broken(CHEAP, 0.1, 1000, 0)
    assert ledger.spent == 0
    ledger.book_broken(CHEAP, 0.1, 1000, 10)
    assert ledger.spent == pytest.approx(1040 / 1e6)
    assert ledger.accounts["cheap"].failed == 2


@pytest.mark.parametrize(("bad", "error"), [(-1, ValueError), ("1", TypeError)])
def test_a_bad_budget_is_refused(bad, error):
    with pytest.raises(error, match="budget"):
        Ledger(bad)


CALLS = st.lists(
    st.tuples(st.floats(0, 0.5), st.sampled_from(["book", "broken", "release"]))
)


@given(CALLS)
def test_spent_and_set_aside_never_exceed_the_budget(calls):
    """As long as no call takes more than was set aside for it."""
    ledger, held = Ledger(1.0), []
    for dollars, end in calls:
        if ledger.set_aside(dollars):
            held.append((dollars, end))
        assert ledger.left >= -1e-9
        if len(held) == 3:
            dollars, end = held.pop(0)
            tokens = int(dollars * 1e6)
            if end == "book":
                ledger.book(CHEAP, dollars, Reply("x", "cheap", tokens, 0))
            elif end == "broken":
                ledger.book_broken(CHEAP, dollars, tokens - 4, 1)
            else:
                ledger.release(dollars)
    assert ledger.spent <= 1.0 + 1e-9
