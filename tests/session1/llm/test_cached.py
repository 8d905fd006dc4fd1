"""CachedLLMManager: what is kept, for whom, how long, and who stops the model."""

import asyncio
import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import virtual_time
from session1.llm import LLMError, Message, SimulatedLLM
from session1.llm.cached import CachedLLMManager
from session1.llm.speed import Speed
from tests.session1.conftest import Clock

STEADY = Speed(start_s=1.0, prompt_token_s=0.0, token_s=0.1, spread=0.0)
INSTANT = Speed(0.0, 0.0, 0.0, 0.0)


def echo(**options):
    return SimulatedLLM(
        **{"speed": STEADY, "reply": lambda m: m[-1].content, **options}
    )


def manager(client=None, **options):
    return CachedLLMManager(client or echo(), **options)


def run(main, *args):
    """`main` on virtual time; the loop must have nothing to complain about."""
    complaints = []

    async def watched():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context))
        value = await main(*args)
        gc.collect(1)
        await asyncio.sleep(0.001)
        return value

    value = virtual_time.run(watched).value
    gc.collect(1)
    assert complaints == []
    return value


def counts(llm):
    stats = llm.get_cache_stats()
    return stats["hits"], stats["misses"], stats["cache_size"]


def test_the_guides_calls():
    fast = {name: echo(speed=INSTANT) for name in ("gpt-4", "other")}
    llm = CachedLLMManager(fast)
    assert llm.get_cache_stats()["hit_rate"] == 0
    first = llm.generate_with_cache("What is AI?", model="gpt-4")
    assert llm.generate_with_cache("What is AI?", "gpt-4") == first == "What is AI?"
    llm.generate_with_cache("What is AI?", "other")
    stats = llm.get_cache_stats()
    assert (stats["hits"], stats["misses"], stats["cache_size"]) == (1, 2, 2)
    assert stats["hit_rate"] == pytest.approx(1 / 3)
    assert len(llm.generate_cache_key("What is AI?", "gpt-4")) == 64
    llm.close()


def test_plain_calls_from_many_threads_share_one_run():
    client = echo(speed=Speed(0.05, 0.0, 0.0, 0.0))
    llm = manager(client)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(llm.generate_with_cache, ["same"] * 8))
    assert (answers, client.usage.calls) == (["same"] * 8, 1)
    assert counts(llm) == (7, 1, 1)
    llm.close()
    assert llm.generate_with_cache("same") == "same", "a closed loop starts again"
    llm.close()
    assert not any(t.name == "own-loop" for t in threading.enumerate())


def test_a_plain_call_inside_a_loop_says_what_to_do():
    llm = manager()

    async def main():
        with pytest.raises(RuntimeError, match=r"await manager\.generate"):
            llm.generate_with_cache("hi")

    run(main)


def test_errors_of_the_model_reach_plain_callers():
    llm = manager(echo(speed=INSTANT, fails=lambda n: n == 1))
    with pytest.raises(LLMError, match="failure of call 1"):
        llm.generate_with_cache("hi")
    assert counts(llm) == (0, 1, 0)
    assert llm.generate_with_cache("hi") == "hi"
    llm.close()


def test_a_kept_reply_costs_no_time_and_says_so():
    llm = manager()

    async def main():
        return [await llm.generate("one two") for _ in "ab"]

    cold, warm = run(main)
    assert (cold.reused, warm.reused) == (False, True)
    assert (cold.total_s, warm.total_s) == (pytest.approx(1.1), 0.0)
    assert (warm.text, warm.prompt_tokens) == (cold.text, cold.prompt_tokens)


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        ({}, 1),
        ({"temperature": 0.7}, 2),
        ({"temperature": 0.7, "seed": 3}, 1),
        ({"temperature": 0.7, "seed": 0}, 1),
    ],
    ids=["cold", "warm", "seeded", "seed 0"],
)
def test_only_what_is_repeatable_is_kept(options, calls):
    client = echo()
    llm = manager(client)

    async def main():
        for _ in "ab":
            await llm.generate("hi", **options)

    run(main)
    assert client.usage.calls == calls
    assert llm.get_cache_stats()["unrepeatable"] == (2 if calls == 2 else 0)


def test_unseeded_calls_differ_from_each_other():
    seeds = []

    class Spy(SimulatedLLM):
        def stream(self, prompt, **options):
            seeds.append(options["seed"])
            return super().stream(prompt, **options)

    llm = manager(Spy())

    async def main():
        await asyncio.gather(*(llm.generate("hi", temperature=1.0) for _ in range(9)))

    run(main)
    assert len(set(seeds)) == 9


@pytest.mark.parametrize("keep_cut", [False, True])
def test_what_max_tokens_cut_off_is_kept_only_on_demand(keep_cut):
    client = echo()
    llm = manager(client, keep_cut=keep_cut)

    async def main():
        for _ in "ab":
            assert (await llm.generate("a b c", max_tokens=2)).finish == "length"

    run(main)
    assert client.usage.calls == (1 if keep_cut else 2)


@pytest.mark.parametrize("text", ["", " \n"])
def test_empty_answers_are_not_kept(text):
    llm = manager(echo(reply=lambda _: text), keep_cut=True)

    async def main():
        await llm.generate("hi")

    run(main)
    assert counts(llm) == (0, 1, 0)


def test_what_a_stream_broke_off_is_not_kept():
    class Breaks(SimulatedLLM):
        async def stream(self, prompt, **_):
            yield "half "
            raise LLMError("broke")

    llm = manager(Breaks())

    async def main():
        got = []
        with pytest.raises(LLMError, match="broke"):
            async for piece in llm.generate_stream("hi"):
                got.append(piece)
        return got

    assert run(main) == ["half "]
    assert counts(llm) == (0, 1, 0)
    assert llm.get_stream_stats()["broken"] == 1


def test_answers_expire_and_the_oldest_leave():
    clock = Clock()
    llm = manager(maxsize=2, ttl=10.0, clock=clock)

    async def main():
        for text in "abca":
            await llm.generate(text)
        assert counts(llm) == (0, 4, 2)
        clock.now = 11.0
        await llm.generate("a")

    run(main)
    assert counts(llm)[:2] == (0, 5)
    assert llm.get_cache_stats()["expired"] >= 1


def test_equal_calls_at_once_cost_one_run_and_differing_ones_one_each():
    client = echo(slots=100)
    llm = CachedLLMManager({"a": client, "b": client})

    async def main():
        calls = [llm.generate("hi") for _ in range(10)]
        calls += [llm.generate("hi", "b"), llm.generate("hi", max_tokens=9)]
        calls += [llm.generate([Message("user", "hi")])]
        calls += [llm.generate([Message("system", "hi")])]
        return await asyncio.gather(*calls)

    replies = run(main)
    assert client.usage.calls == 4
    assert sum(reply.reused for reply in replies) == 10
    assert llm.get_cache_stats()["joined"] == 10
    assert all(0 < reply.first_token_s <= reply.total_s for reply in replies)


def test_a_failure_reaches_all_who_wait_and_is_forgotten():
    llm = manager(echo(fails=lambda n: n == 1))

    async def main():
        calls = [llm.generate("hi") for _ in range(3)]
        failed = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(error, LLMError) for error in failed)
        return await llm.generate("hi")

    assert run(main).text == "hi"


def test_the_model_goes_on_while_anyone_waits_and_stops_with_the_last():
    client = echo(reply=lambda _: "word " * 50)
    llm = manager(client)

    async def main():
        calls = [asyncio.create_task(llm.generate("hi")) for _ in range(3)]
        await asyncio.sleep(1.5)
        calls[0].cancel()
        calls[1].cancel()
        await asyncio.sleep(0.5)
        assert client.usage.in_flight == 1
        calls[2].cancel()
        await asyncio.sleep(0.01)
        assert client.usage.in_flight == 0
        done = client.usage.completion_tokens
        reply = await llm.generate("hi")  # joins nothing that is being stopped
        return done, reply.text

    done, text = run(main)
    assert done < 20
    assert text == "word " * 50
    assert counts(llm) == (2, 2, 1)


def test_who_joins_while_the_last_one_leaves_gets_a_run_of_its_own():
    class Slow(SimulatedLLM):
        async def stream(self, prompt, **options):
            try:
                async for piece in super().stream(prompt, **options):
                    yield piece
            finally:
                await asyncio.sleep(1)  # it takes a while to stop

    llm = manager(Slow(speed=STEADY))

    async def main():
        call = asyncio.create_task(llm.generate("hi"))
        await asyncio.sleep(0.5)
        call.cancel()
        await asyncio.sleep(0.1)
        return await llm.generate("hi")

    assert run(main).text == "You said: hi"


def test_what_was_under_way_when_all_was_forgotten_is_not_kept():
    llm = manager()

    async def main():
        call = asyncio.create_task(llm.generate("hi"))
        await asyncio.sleep(0.5)
        llm.clear()
        return await call

    assert run(main).text == "hi"
    assert counts(llm)[2] == 0


def test_a_run_that_a_stopped_loop_left_behind_blocks_nobody():
    llm = manager()

    async def leave():
        asyncio.get_running_loop().create_task(llm.generate("hi"))
        await asyncio.sleep(0.01)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(leave())
    assert run(llm.generate, "hi").text == "hi"
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
    assert counts(llm) == (0, 2, 1), "what was left did not drive out what is kept"


@pytest.mark.parametrize(
    ("bad", "error", "hint"),
    [
        ({"model": "gpt-5"}, ValueError, "there are simulated"),
        ({"temperature": -1}, ValueError, "give 0 or more"),
        ({"temperature": float("nan")}, ValueError, "give 0 or more"),
        ({"temperature": "hot"}, TypeError, "temperature must be"),
        ({"seed": 1.5}, TypeError, "seed must be an int"),
        ({"max_tokens": 0}, ValueError, "at least 1"),
    ],
)
def test_bad_parameters_are_refused_before_the_model_is_asked(bad, error, hint):
    client = echo()
    llm = manager(client)

    async def main():
        with pytest.raises(error, match=hint):
            await llm.generate("hi", **bad)
        with pytest.raises(error, match=hint):
            llm.generate_stream("hi", **bad)

    run(main)
    with pytest.raises(error, match=hint):
        llm.generate_cache_key("hi", **bad)
    assert (client.usage.calls, llm.misses) == (0, 0)


def test_a_manager_needs_a_model():
    with pytest.raises(ValueError, match="at least one client"):
        CachedLLMManager({})


ASKED = st.tuples(
    st.lists(
        st.builds(Message, st.sampled_from(["user", "system"]), st.text(max_size=4)),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["a", "b", "ab"]),
    st.fixed_dictionaries(
        {
            "max_tokens": st.integers(1, 3),
            "temperature": st.sampled_from([0, 0.0, -0.0, 0.5]),
            "seed": st.integers(0, 2),
        }
    ),
)


@given(ASKED, ASKED)
def test_keys_are_equal_exactly_for_equal_requests(one, other):
    llm = CachedLLMManager(dict.fromkeys(["a", "b", "ab"], SimulatedLLM()))
    keys = [llm.generate_cache_key(p, m, **options) for p, m, options in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


def test_text_is_one_message_of_the_user():
    llm = manager()
    key = llm.generate_cache_key
    assert key("hi") == key([Message("user", "hi")]) != key([Message("system", "hi")])
    assert key("a\ud800") != key("a")
    apart = [Message("user", "x"), Message("system", "y")]
    assert key("xsystemy") != key(apart), "no text runs into the next"
    assert key("hi", temperature=0) == key("hi", temperature=-0.0) == key("hi")


def test_a_list_changed_afterwards_changes_nothing():
    llm, prompt = manager(), [Message("user", "first")]

    async def main():
        call = asyncio.create_task(llm.generate(prompt))
        await asyncio.sleep(0.1)
        prompt[0] = Message("user", "second")
        return (await call).text, (await llm.generate("first")).reused

    assert run(main) == ("first", True)


@pytest.mark.model
def test_the_real_model_answers_once(model):
    llm = CachedLLMManager(model, keep_cut=True)
    start = time.perf_counter()
    first = llm.generate_with_cache("Name a fruit.", max_tokens=6)
    cold = time.perf_counter() - start
    start = time.perf_counter()
    assert llm.generate_with_cache("Name a fruit.", max_tokens=6) == first
    assert time.perf_counter() - start < cold
    llm._own_loop.close()


@pytest.mark.model
def test_leaving_a_stream_stops_the_real_model(model):
    llm = CachedLLMManager(model)

    async def main():
        async with aclosing(llm.generate_stream("Tell a long story.")) as pieces:
            await anext(pieces)
        for _ in range(100):
            if not model._stops:
                break
            await asyncio.sleep(0.02)
        return bool(model._stops)

    assert asyncio.run(main()) is False
