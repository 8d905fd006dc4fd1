"""The agent on virtual time: reuse, deadlines, streams, failures, bad input."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from session1 import virtual_time
from session1.fast_response_agent import FastResponseAgent
from session1.latency.fallback import LONG_MESSAGE, OTHER, QUESTION
from session1.llm.client import Finish, Message, Prompt, Reply
from session1.llm.errors import LLMError
from session1.llm.openai_compatible import OpenAICompatibleLLM
from session1.llm.simulated import SimulatedLLM
from session1.virtual_time import now


class Model(SimulatedLLM):
    """Answers after `seconds`, or breaks off after `pieces` pieces."""

    finish: Finish | None = "stop"  # None: the connection just ends

    def __init__(self, seconds: float = 0.5, dies_after: int | None = None) -> None:
        super().__init__(slots=10_000)
        self.seconds = seconds
        self.dies_after = dies_after
        self.asked: list[str] = []

    async def stream(self, prompt: Prompt, **options: Any) -> AsyncIterator[str]:  # type: ignore[override]
        assert not isinstance(prompt, str)
        question = prompt[-1].content
        self.asked.append(question)
        for n, piece in enumerate(("re: ", question[:40])):
            await asyncio.sleep(self.seconds / 2)
            if self.dies_after == n:
                raise LLMError("the model died: start it again")
            yield piece
        if self.finish:
            whole = Reply(f"re: {question[:40]}", self.model, 1, 2, finish=self.finish)
            options["on_end"](whole)


def on_virtual_time(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    async def bounded() -> None:
        async with asyncio.timeout(1e7):  # a stuck waiter fails, and at once
            await test()

    def run() -> None:
        virtual_time.run(bounded)

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def agent(model: Any, **settings: Any) -> FastResponseAgent:
    return FastResponseAgent("fast", model, clock=now, **settings)


async def read(stream: AsyncIterator[str]) -> list[str]:
    return [piece async for piece in stream]


@on_virtual_time
async def test_an_answer_is_generated_once_and_then_kept() -> None:
    model = Model(0.5)
    fast = agent(model)
    first = await fast.process_message_fast("How do I reset my password?")
    assert first == {
        "response": "re: How do I reset my password?",
        "response_time": 0.5,
        "cache_hit": False,
        "fallback": False,
    }
    again = await fast.process_message_fast("How do I reset my password?")
    assert (again["cache_hit"], again["response_time"]) == (True, 0.0)
    alike = await fast.process_message_fast("how can I reset my password")
    assert (alike["cache_hit"], alike["response"]) == ("fuzzy", first["response"])
    assert len(model.asked) == 1
    assert (
        await fast.process_message("How do I reset my password?") == first["response"]
    )


@on_virtual_time
async def test_opposites_and_other_numbers_are_asked_anew() -> None:
    model = Model()
    fast = agent(model)
    for message in (
        "Is it safe to mix bleach and vinegar in a bucket?",
        "Is it not safe to mix bleach and vinegar in a bucket?",
        "Please send 100 dollars to the account of my brother today",
        "Please send 900 dollars to the account of my brother today",
        "did alice borrow the red car from bob",
        "did bob borrow the red car from alice",
    ):
        assert (await fast.process_message_fast(message))["cache_hit"] is False
    assert fast.get_response_time_stats()["refused_by_gate"] >= 3


@on_virtual_time
async def test_a_late_answer_is_replaced_now_and_kept_for_later() -> None:
    model = Model(5.0)
    fast = agent(model)
    late = await fast.process_message_fast("why is the sky blue?")
    assert (late["response"], late["response_time"]) == (QUESTION, 2.0)
    assert (late["fallback"], late["cache_hit"]) == (True, False)
    assert len(fast.answers) == 0, "a stand-in must never be kept"
    await asyncio.sleep(3.5)
    kept = await fast.process_message_fast("why is the sky blue?")
    assert (kept["cache_hit"], kept["response"]) == (True, "re: why is the sky blue?")
    stats = fast.get_response_time_stats()
    assert (stats["late_answers"], stats["fallbacks"]) == (1, 1)
    assert len(model.asked) == 1


@on_virtual_time
async def test_three_kinds_of_stand_in() -> None:
    fast = agent(Model(9))
    for message, expected in (
        ("why?", QUESTION),
        ("今天天气怎么样？", QUESTION),
        ("word " * 21, LONG_MESSAGE),
        ("word " * 20, OTHER),
    ):
        assert (await fast.process_message_fast(message))["response"] == expected


@on_virtual_time
async def test_a_thousand_callers_share_one_run_whatever_the_first_does() -> None:
    model = Model(1.0)
    fast = agent(model)
    calls = [
        asyncio.create_task(fast.process_message_fast("same question"))
        for _ in range(1000)
    ]
    await asyncio.sleep(0.3)
    calls[0].cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert {r["response"] for r in results[1:]} == {"re: same question"}  # type: ignore[index]
    stats = fast.get_response_time_stats()
    assert (len(model.asked), stats["coalesced"], stats["cancelled"]) == (1, 999, 1)
    assert stats["total_responses"] == 999


@on_virtual_time
async def test_thousands_of_different_requests_at_once() -> None:
    fast = agent(Model(0.5), max_cached=300)
    messages = [f"question {n} about subject {n * 7}" for n in range(3000)]
    results = await asyncio.gather(*map(fast.process_message_fast, messages))
    assert [r["response"] for r in results] == [f"re: {m}" for m in messages]
    stats = fast.get_response_time_stats()
    assert (stats["total_responses"], stats["cache_entries"]) == (3000, 300)
    assert (stats["running"], len(fast._streams)) == (0, 0)
    assert len(fast.answers._index) == 300


@on_virtual_time
async def test_a_failure_reaches_every_waiter_and_is_not_kept() -> None:
    model = Model(1.0, dies_after=1)
    fast = agent(model)
    calls = [fast.process_message_fast("what now") for _ in range(5)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(r, LLMError) for r in results)
    assert fast.get_response_time_stats()["errors"] == 5
    model.dies_after = None
    assert (await fast.process_message_fast("what now"))["response"] == "re: what now"


@on_virtual_time
async def test_a_stream_comes_piece_by_piece_and_is_then_kept() -> None:
    model = Model(1.0)
    fast = agent(model)
    times = []
    async for _ in fast.stream("tell me more"):
        times.append(now())
    assert times == [0.5, 1.0]
    assert await read(fast.stream("tell me more")) == ["re: tell me more"]
    assert len(model.asked) == 1


@on_virtual_time
async def test_readers_and_callers_share_one_run() -> None:
    model = Model(2.0)
    fast = agent(model, target_response_time=3.0)
    early = asyncio.create_task(read(fast.stream("one")))
    await asyncio.sleep(1.2)
    whole, late = await asyncio.gather(
        fast.process_message_fast("one"), read(fast.stream("one"))
    )
    assert await early == late == ["re: ", "one"]
    assert whole["response"] == "re: one"
    assert len(model.asked) == 1


@on_virtual_time
async def test_a_reader_that_leaves_does_not_stop_the_others() -> None:
    fast = agent(Model(1.0))
    leaving = asyncio.create_task(read(fast.stream("two")))
    staying = asyncio.create_task(read(fast.stream("two")))
    await asyncio.sleep(0.6)
    leaving.cancel()
    assert await staying == ["re: ", "two"]
    assert (await fast.process_message_fast("two"))["cache_hit"] is True


@on_virtual_time
async def test_a_model_that_dies_in_mid_stream() -> None:
    model = Model(1.0, dies_after=1)
    fast = agent(model)
    got = []
    with pytest.raises(LLMError, match="start it again"):
        async for piece in fast.stream("three"):
            got.append(piece)
    assert got == ["re: "]
    stats = fast.get_response_time_stats()
    assert (stats["broken_streams"], stats["cache_entries"]) == (1, 0)
    model.dies_after = None
    assert await read(fast.stream("three")) == ["re: ", "three"]


@on_virtual_time
async def test_a_stream_with_no_first_piece_in_time() -> None:
    fast = agent(Model(6.0))
    assert await read(fast.stream("four?")) == [QUESTION]
    await asyncio.sleep(5)
    assert await read(fast.stream("four?")) == ["re: four?"]


@on_virtual_time
async def test_a_model_that_hangs_is_given_up() -> None:
    fast = agent(Model(1e6), patience=10.0)
    stuck = asyncio.create_task(read(fast.stream("five")))
    assert (await fast.process_message_fast("five"))["fallback"]
    assert await stuck == [OTHER]
    await asyncio.sleep(11)
    assert fast.get_response_time_stats()["running"] == 0


@on_virtual_time
async def test_a_stream_that_hangs_half_way_is_given_up() -> None:
    class Stalls(Model):
        async def stream(self, prompt: Prompt, **_: Any) -> AsyncIterator[str]:  # type: ignore[override]
            yield "a start "
            await asyncio.sleep(1e6)

    fast = agent(Stalls(), patience=10.0)
    with pytest.raises(TimeoutError):
        await read(fast.stream("six"))
    assert now() == 10.0


@on_virtual_time
async def test_answers_expire_and_precomputed_ones_do_not() -> None:
    model = Model()
    fast = agent(model, ttl=60.0)
    fast.precompute("What are your opening hours?", "Nine to five.")
    await fast.process_message_fast("what is a monad")
    await asyncio.sleep(59)
    assert (await fast.process_message_fast("what is a monad"))["cache_hit"] is True
    await asyncio.sleep(2)
    assert (await fast.process_message_fast("what is a monad"))["cache_hit"] is False
    hours = await fast.process_message_fast("What are your opening hours?")
    assert (hours["response"], hours["cache_hit"]) == ("Nine to five.", True)
    alike = await fast.process_message_fast("what are your opening hours")
    assert alike["cache_hit"] == "fuzzy"
    assert fast.precomputed_responses.keys() == {"What are your opening hours?"}
    assert len(model.asked) == 2


@on_virtual_time
async def test_a_full_cache_is_halved_the_least_useful_first() -> None:
    fast = agent(Model(0.1), max_cached=100)
    for n in range(100):
        await fast.process_message_fast(f"question number {n}")
    for n in range(0, 20, 2):  # the oldest, but asked for
        await fast.process_message_fast(f"question number {n}")
    await fast.optimize_performance()
    stats = fast.get_response_time_stats()
    assert stats["cache_entries"] == 50 == len(fast.answers._index)
    for n in range(0, 20, 2):
        again = await fast.process_message_fast(f"question number {n}")
        assert again["cache_hit"] is True
    assert (await fast.process_message_fast("question number 1"))["cache_hit"] is False


@on_virtual_time
async def test_figures_of_hits_and_misses_are_apart() -> None:
    fast = agent(Model(0.5), target_response_time=2.0)
    empty = fast.get_response_time_stats()
    assert empty["no_data"] and empty["p95_response_time"] == 0.0
    for message in ("a b c", "a b c", "a b c", "d e f"):
        await fast.process_message_fast(message)
    stats = fast.get_response_time_stats()
    assert stats.keys() == empty.keys()
    assert not stats["no_data"]
    assert (stats["total_responses"], stats["exact_hits"]) == (4, 2)
    assert (stats["hits"]["count"], stats["hits"]["p99"]) == (2, 0.0)
    assert (stats["misses"]["count"], stats["misses"]["p50"]) == (2, 0.5)
    assert (stats["p50_response_time"], stats["p90_response_time"]) == (0.0, 0.5)
    assert stats["avg_response_time"] == 0.25
    assert (stats["min_response_time"], stats["max_response_time"]) == (0.0, 0.5)
    assert (stats["responses_under_target"], stats["hit_rate_pct"]) == (4, 50.0)
    assert stats["target_achievement_rate"] == 100.0


@pytest.mark.parametrize("message", ["", "   ", "\n\t"])
def test_a_message_without_text_is_refused(message: str) -> None:
    async def ask() -> None:
        fast = agent(Model())
        with pytest.raises(ValueError, match="empty"):
            await fast.process_message_fast(message)
        with pytest.raises(ValueError, match="empty"):
            await read(fast.stream(message))
        with pytest.raises(TypeError, match="not NoneType"):
            await fast.process_message_fast(None)  # type: ignore[arg-type]
        stats = fast.get_response_time_stats()
        assert (stats["rejected"], stats["total_responses"]) == (3, 0)

    virtual_time.run(ask)


@on_virtual_time
async def test_messages_of_a_megabyte_and_of_any_script() -> None:
    model = Model()
    fast = agent(model)
    for message in (
        "x y " * 250_000,
        "🙂" * 300,
        "?!",
        "如何重置我的密码",
        "\ud800 lone",
    ):
        for _ in range(2):
            result = await fast.process_message_fast(message)
            assert result["response"] == f"re: {message[:40]}"
    assert len(model.asked) == 6, "only the megabyte is asked twice: it is not kept"
    assert (await fast.process_message_fast("如何重置我的密码？"))[
        "cache_hit"
    ] == "fuzzy"


def test_a_clock_that_jumps_costs_no_more_than_a_miss() -> None:
    ticks = iter([1000.0, 1000.0, 400.0, 400.0, 300.0] + [1e9] * 50)
    fast = FastResponseAgent("fast", Model(0.1), clock=lambda: next(ticks))

    async def ask() -> list[dict[str, Any]]:
        return [await fast.process_message_fast("hello there") for _ in range(3)]

    results = virtual_time.run(ask).value
    assert {r["response"] for r in results} == {"re: hello there"}
    assert all(r["response_time"] >= 0 for r in results)
    assert fast.get_response_time_stats()["total_responses"] == 3


@on_virtual_time
async def test_the_target_follows_the_model_not_the_hits() -> None:
    fast = agent(Model(0.8))
    for n in range(60):
        await fast.process_message_fast(f"item {n}")
        for _ in range(19):
            await fast.process_message_fast(f"item {n}")
    for _ in range(30):
        await fast.optimize_performance()
    assert fast.target_response_time == pytest.approx(0.8, rel=0.01)


def test_it_says_what_is_wrong_with_its_settings() -> None:
    with pytest.raises(ValueError, match="give it time"):
        FastResponseAgent("fast", Model(), target_response_time=0)


@on_virtual_time
async def test_with_the_simulated_model_as_it_comes() -> None:
    model = SimulatedLLM(seed=3, slots=2)
    fast = agent(model, target_response_time=30.0)
    result = await fast.process_message_fast("Which way is north?")
    assert "north" in result["response"]
    assert model.usage.calls == 1
    assert fast.prompt("x")[-1] == Message("user", "x")


@on_virtual_time
async def test_an_empty_answer_is_not_kept() -> None:
    class Silent(Model):
        async def stream(self, prompt: Prompt, **_: Any) -> AsyncIterator[str]:  # type: ignore[override]
            self.asked.append("?")
            await asyncio.sleep(0.1)
            for piece in ():
                yield piece

    model = Silent()
    fast = agent(model)
    assert (await fast.process_message_fast("seven"))["response"] == ""
    assert await read(fast.stream("seven")) == [""]
    assert len(model.asked) == 2


@pytest.mark.model
@pytest.mark.parametrize("kind", ["in this process", "behind a server"])
def test_with_the_real_model(model: Any, kind: str) -> None:
    client = model
    if kind == "behind a server":
        client = OpenAICompatibleLLM("smollm2", model.base_url)

    async def talk() -> None:
        fast = FastResponseAgent(
            "fast", client, target_response_time=60.0, max_tokens=32
        )
        pieces = await read(fast.stream("What is the capital of France?"))
        kept = await fast.process_message_fast("What is the capital of France?")
        assert (kept["response"], kept["cache_hit"]) == ("".join(pieces), True)
        fast.target_response_time = 0.0001
        late = await fast.process_message_fast("What is the capital of Italy?")
        assert late["fallback"]
        while fast.get_response_time_stats()["running"]:
            await asyncio.sleep(0.02)
        assert fast.late_answers == 1
        assert (await fast.process_message_fast("What is the capital of Italy?"))[
            "cache_hit"
        ] is True

    asyncio.run(talk())


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "2", None, True])
def test_a_target_that_is_no_time_is_refused_whenever_it_is_set(seconds: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="target"):
        agent(Model(0.5), target_response_time=seconds)
    fast = agent(Model(0.5))
    with pytest.raises((TypeError, ValueError), match="target"):
        fast.target_response_time = seconds
    assert fast.target_response_time == 2.0


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_patience_that_gives_up_at_once_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"patience is .*; give seconds"):
        agent(Model(0.5), patience=seconds)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_answer_given_beforehand_has_text(text: str) -> None:
    fast = agent(Model(0.5))
    with pytest.raises(ValueError, match="the answer to 'Hi' is empty"):
        fast.precomputed_responses["Hi"] = text
    assert not fast.precomputed_responses


def test_its_import_needs_no_more_than_it_uses():
    code = (
        "import sys, session1.fast_response_agent as _\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "names -= set(sys.stdlib_module_names)\n"
        "print(sorted(n for n in names if not n.startswith('_')))\n"
        "print('multiprocessing' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.split("\n")[:2] == ["['cachebox', 'numpy', 'session1']", "False"]
