"""The context window: what matters stays, the rest leaves in order, the limit holds."""

import asyncio
import warnings
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import virtual_time
from session1.llm.client import Message, Reply
from session1.llm.errors import LLMError
from session1.llm.simulated import SimulatedLLM
from session1.memory.context_manager import ContextManager

TEXTS = st.lists(
    st.tuples(st.text(min_size=1, max_size=60), st.sampled_from([0.1, 0.3, 0.7, 1.0])),
    max_size=40,
)


def letters(max_tokens: int = 100, **options: Any) -> ContextManager:
    """A manager that counts characters as tokens, so that sums are easy to see."""
    return ContextManager(max_tokens, count_tokens=len, **options)


@pytest.mark.parametrize("count_tokens", [None, len, lambda text: len(text.split())])
@given(texts=TEXTS, max_tokens=st.integers(1, 200))
def test_the_limit_holds_and_what_is_pinned_stays(
    count_tokens: Any, texts: Any, max_tokens: int
) -> None:
    manager = ContextManager(max_tokens, count_tokens=count_tokens)
    pinned = []
    for i, (text, importance) in enumerate(texts):
        text = f"{i}: {text}"
        try:
            manager.add_context(text, importance)
        except ValueError:
            assert importance == 1.0
            continue
        pinned += [text] if importance == 1.0 else []
        shown = manager.get_context_summary()
        assert manager._count(shown) <= max_tokens
        assert all(text in shown for text in pinned)


def test_the_least_important_leave_first_the_oldest_of_equals_before() -> None:
    manager = letters(50, compression_threshold=0.8)
    manager.add_context("critical", 1.0)
    manager.add_context("detail a", 0.3)
    manager.add_context("detail b", 0.3)
    manager.add_context("decision", 0.7)
    assert manager.tokens == 36
    manager.add_context("more", 0.5)  # 41 is above 0.8 of 50
    assert manager.get_context_summary() == "critical\ndetail b\ndecision\nmore"
    assert manager.dropped == 1


def test_below_the_threshold_nothing_leaves() -> None:
    manager = letters(50, compression_threshold=1.0)
    for _ in range(5):
        manager.add_context("nine char", 0.1)
    assert len(manager) == 5


def test_a_text_larger_than_the_window_does_not_push_out_the_rest() -> None:
    manager = letters(100)
    manager.add_context("small", 0.1)
    manager.add_context("x" * 500, 0.9)
    assert manager.get_context_summary() == "small"
    assert manager.dropped == 1


def test_what_must_stay_but_cannot_fit_is_an_error_and_changes_nothing() -> None:
    manager = letters(20)
    manager.add_context("critical", 1.0)
    manager.add_context("less", 0.2)
    with pytest.raises(ValueError, match="raise max_tokens"):
        manager.add_context("x" * 15, 1.0)
    assert manager.get_context_summary() == "critical\nless"


def summarizing(llm: SimulatedLLM, max_tokens: int = 100) -> ContextManager:
    manager = ContextManager(max_tokens, llm_client=llm, count_tokens=len)
    manager.add_context("critical", 1.0)
    for i in range(9):
        manager.add_context(f"detail {i} of it", 0.3)
    return manager


def test_the_model_tells_what_left_in_short() -> None:
    seen: list[list[Message]] = []

    def reply(messages: list[Message]) -> str:
        seen.append(messages)
        return "ten details"

    manager = summarizing(SimulatedLLM(reply=reply))
    assert manager.waiting == 5
    assert virtual_time.run(manager.compress).value == "ten details"
    assert manager.waiting == 0
    assert manager.dropped == 0
    assert "detail 0 of it\ndetail 1 of it" in seen[0][0].content
    text = manager.get_context_summary()
    assert text.startswith("Left out, in short: ten details\ncritical\n")
    assert len(text) <= 100


def test_the_next_summary_builds_on_the_last() -> None:
    seen: list[str] = []

    def reply(messages: list[Message]) -> str:
        seen.append(messages[0].content)
        return f"summary {len(seen)}"

    manager = summarizing(SimulatedLLM(reply=reply))
    virtual_time.run(manager.compress)
    virtual_time.run(manager.compress)  # nothing new: no call
    manager.add_context("detail 11 of it", 0.3)
    virtual_time.run(manager.compress)
    assert len(seen) == 2
    assert "summary 1" in seen[1]
    assert manager.summary == "summary 2"


def test_a_long_summary_is_cut_to_the_room_there_is() -> None:
    manager = summarizing(SimulatedLLM(reply=lambda _: "word " * 60))
    virtual_time.run(manager.compress)
    text = manager.get_context_summary()
    assert len(text) <= 100
    assert "critical" in text


def test_if_the_model_fails_nothing_is_lost() -> None:
    manager = summarizing(SimulatedLLM(fails=lambda call: call == 1))
    before = manager.waiting, manager.get_context_summary()
    with pytest.raises(LLMError):
        virtual_time.run(manager.compress)
    assert (manager.waiting, manager.get_context_summary()) == before


def test_an_empty_summary_loses_nothing() -> None:
    manager = summarizing(SimulatedLLM(reply=lambda _: " "))
    manager.summary = "what was told before"
    with pytest.raises(LLMError, match="no summary"):
        virtual_time.run(manager.compress)
    assert (manager.waiting, manager.summary) == (5, "what was told before")


class Turns:
    """Answers call n after the n-th of `seconds`, with its number."""

    def __init__(self, *seconds: float) -> None:
        self.seconds = iter(enumerate(seconds))

    async def generate(self, prompt: Any, **_: Any) -> Reply:
        number, seconds = next(self.seconds)
        await asyncio.sleep(seconds)
        return Reply(f"summary {number}", "turns", 0, 0)


@pytest.mark.parametrize("seconds", [(1, 2), (3, 1)], ids=["in turn", "overtaken"])
def test_summaries_at_once_lose_nothing_that_came_between(seconds: Any) -> None:
    manager = summarizing(SimulatedLLM())
    manager.llm_client = Turns(*seconds)  # type: ignore[assignment]

    async def overlap() -> None:
        first = asyncio.create_task(manager.compress())
        await asyncio.sleep(0.5)
        manager.add_context("detail that came later", 0.3)
        await asyncio.gather(first, manager.compress())

    came = manager.waiting
    virtual_time.run(overlap)
    told_of_all = manager.summary == "summary 1"
    assert manager.waiting == (0 if told_of_all else manager._added - 5 - came)
    assert told_of_all == (seconds == (3, 1))


def test_without_summarization_what_leaves_is_gone() -> None:
    llm = SimulatedLLM()
    manager = ContextManager(20, 0.8, False, llm_client=llm, count_tokens=len)
    manager.add_context("first of two", 0.3)
    manager.add_context("second of two", 0.3)
    assert (manager.waiting, manager.dropped) == (0, 1)
    assert virtual_time.run(manager.compress).value == ""
    assert llm.usage.calls == 0


def test_summarization_without_a_model_is_reported_at_once() -> None:
    with pytest.warns(UserWarning, match="no model to summarize with.* llm_client="):
        ContextManager(100, enable_summarization=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ContextManager(100).llm_client is None
        assert ContextManager(100, enable_summarization=False).llm_client is None
        llm = SimulatedLLM()
        assert ContextManager(100, llm_client=llm).llm_client is llm
        assert ContextManager(100, 0.8, True, llm_client=llm).llm_client is llm


def test_what_waits_is_bounded_by_the_window() -> None:
    manager = ContextManager(100, llm_client=SimulatedLLM(), count_tokens=len)
    for i in range(1000):
        manager.add_context(f"detail {i}", 0.3)
    assert manager.waiting <= 8
    assert manager.waiting + manager.dropped + len(manager) == 1000


def test_adding_does_not_look_through_all_that_waits() -> None:
    class Unread(deque[Any]):
        def __iter__(self) -> Any:
            raise AssertionError("what waits was read")

    manager = ContextManager(100, llm_client=SimulatedLLM(), count_tokens=len)
    manager._waiting = Unread()
    for i in range(50):
        manager.add_context(f"detail {i}", 0.3)
    assert manager._waiting_tokens == manager.tokens == 8 * len("detail 49\n")


def test_half_a_character_is_counted_too() -> None:
    manager = ContextManager(100)
    manager.add_context("\ud83d")  # what is left where an emoji was cut in two
    assert manager.get_context_summary() == "\ud83d"


def test_the_model_counts_the_tokens() -> None:
    llm = SimulatedLLM()
    manager = ContextManager(1000, llm_client=llm)
    manager.add_context("How many tokens are there?")
    assert manager.tokens == llm.count_tokens("How many tokens are there?\n")


@pytest.mark.parametrize(
    ("text", "importance", "error"),
    [
        ("", 0.5, ValueError),
        (None, 0.5, TypeError),
        ("fine", float("nan"), ValueError),
        ("fine", 1.1, ValueError),
    ],
)
def test_bad_input_changes_nothing(
    text: Any, importance: Any, error: type[Exception]
) -> None:
    manager = letters()
    with pytest.raises(error):
        manager.add_context(text, importance)
    assert manager.get_context_summary() == ""


class Narrow(SimulatedLLM):
    """A model that reads and writes `context` tokens, and notes what it was shown."""

    context = 2048

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.shown: list[str] = []

    async def generate(self, prompt: Any, **options: Any) -> Reply:
        (message,) = prompt
        self.shown.append(message.content)
        tokens = self.count_tokens(message.content)
        if tokens + options["max_tokens"] > self.context:
            raise LLMError(f"the prompt has {tokens} tokens")
        return await super().generate(prompt, **options)


def test_the_defaults_fit_a_model_of_2048_tokens() -> None:
    llm = Narrow(reply=lambda _: f"Summary number {len(llm.shown)}.")
    manager = ContextManager(llm_client=llm)
    texts = [f"Note {i} says that {i} ships came in." for i in range(700)]
    for text in texts:
        manager.add_context(text)
    told = [text for text in texts if text not in manager.get_context_summary()]
    assert manager.waiting == len(told) - manager.dropped > 250
    virtual_time.run(manager.compress)
    assert manager.waiting == 0 and len(llm.shown) > 1
    assert manager.summary == f"Summary number {len(llm.shown)}."
    # each was shown once, and each call knew what the one before it had said
    lines = [line for shown in llm.shown for line in shown.splitlines()]
    assert [n for n in lines if n.startswith("Note")] == told[manager.dropped :]
    for number, shown in enumerate(llm.shown[1:], 1):
        assert f"Summary number {number}." in shown


def test_a_text_longer_than_the_model_reads_is_told_in_parts() -> None:
    llm = Narrow(reply=lambda _: "All of it.")
    manager = ContextManager(llm_client=llm, model_context=600)
    long = " ".join(f"word{i}" for i in range(1000))
    manager.add_context(long, 0.1)
    manager.add_context("A short one. " * 500, 0.2)  # the first leaves
    assert manager.waiting == 1
    virtual_time.run(manager.compress)
    assert sum(shown.count("word") for shown in llm.shown) == 1000
    assert max(map(llm.count_tokens, llm.shown)) < 600


def test_nothing_is_lost_if_one_of_several_calls_fails() -> None:
    def reply(_: Any) -> str:
        if len(llm.shown) == 2:
            raise LLMError("busy")
        return "A summary."

    llm = Narrow(reply=reply)
    manager = ContextManager(llm_client=llm)
    for i in range(700):
        manager.add_context(f"Note {i} says that {i} ships came in.")
    waiting = manager.waiting
    with pytest.raises(LLMError, match="busy"):
        virtual_time.run(manager.compress)
    assert (manager.waiting, manager.summary) == (waiting, "")


def test_a_summary_that_leaves_no_room_for_notes_is_refused() -> None:
    manager = ContextManager(100, llm_client=Narrow(), model_context=512)
    for i in range(50):
        manager.add_context(f"note {i}")
    with pytest.raises(ValueError, match=r"no room for notes .* 512"):
        virtual_time.run(manager.compress, 300)


@pytest.mark.parametrize("wrong", [{"max_tokens": 0}, {"compression_threshold": 1.5}])
def test_wrong_settings_are_named(wrong: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ContextManager(**wrong)
