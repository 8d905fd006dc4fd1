"""The simulated model: contract, virtual time, counts, slots, failures."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session1 import virtual_time
from session1.llm import LLMError, Message, Reply, SimulatedLLM, connect
from session1.llm.speed import Speed, fit, measure

STEADY = Speed(start_s=1.0, prompt_token_s=0.1, token_s=0.01, spread=0.0)

QUESTION = "Name a colour."


def steady(**options):
    return SimulatedLLM(speed=STEADY, **options)


def test_latency_is_start_plus_prompt_plus_answer():
    llm = steady(reply=lambda _: "one two three")
    run = virtual_time.run(llm.generate, "a b c")
    # 3 tokens and 5 of the template are read, then two more tokens follow the first
    assert run.value.prompt_tokens == 8
    assert run.value.first_token_s == pytest.approx(1.8)
    assert run.seconds == run.value.total_s == pytest.approx(1.82)


def test_the_first_token_comes_before_the_last():
    llm = steady(reply=lambda _: "one two three")

    async def arrivals():
        return [virtual_time.now() async for _ in llm.stream("a b c")]

    assert virtual_time.run(arrivals).value == pytest.approx([1.8, 1.81, 1.82])


def test_a_prompt_cache_reads_only_what_is_new():
    llm = steady(prompt_cache=True)

    async def main():
        return [await llm.generate(text) for text in ("a b c", "a b d", "x", "a b c")]

    first, second, other, again = virtual_time.run(main).value
    assert [r.cached_tokens for r in (first, second, other, again)] == [0, 7, 5, 7]
    assert first.first_token_s == pytest.approx(1.8)
    seconds = [second.first_token_s, again.first_token_s]
    assert seconds == pytest.approx([1.1, 1.1])
    assert virtual_time.run(steady().generate, "a b c").value.cached_tokens == 0


@pytest.mark.parametrize(("slots", "waves"), [(1, 6), (2, 3), (4, 2), (6, 1)])
def test_slots_limit_what_is_in_flight(slots, waves):
    llm = steady(slots=slots, reply=lambda _: "yes")

    async def six():
        await asyncio.gather(*(llm.generate("a b c") for _ in range(6)))

    assert virtual_time.run(six).seconds == pytest.approx(waves * 1.8)
    assert llm.usage.peak_in_flight == slots
    assert llm.usage.in_flight == 0


def test_usage_adds_up():
    llm = steady(reply=lambda _: "one two three", price=(2.0, 10.0))

    async def both():
        await llm.generate("a b c")
        await _drain(llm, "a b c", max_tokens=2)

    virtual_time.run(both)
    usage = llm.usage
    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens) == (2, 16, 5)
    assert usage.cost == pytest.approx((16 * 2.0 + 5 * 10.0) / 1e6)


def test_a_cancelled_call_gives_its_slot_back():
    llm = steady(slots=1)

    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(llm.generate("a b c"), 0.5)
        return await llm.generate("a b c")

    assert virtual_time.run(main).seconds < 0.5 + 2.5
    assert llm.usage.in_flight == 0
    assert llm.usage.completion_tokens > 0


def test_failures_come_when_they_are_told_to():
    llm = steady(fails=lambda n: n % 2 == 0)

    async def main():
        return await asyncio.gather(
            *(llm.generate("hi") for _ in range(4)), return_exceptions=True
        )

    kinds = [type(r) for r in virtual_time.run(main).value]
    assert kinds == [Reply, LLMError, Reply, LLMError]
    assert llm.usage.failed == 2
    assert llm.usage.in_flight == 0


def test_equal_seeds_give_equal_runs_and_other_seeds_do_not():
    def seconds(seed):
        llm = SimulatedLLM(seed)

        async def main():
            return [(await llm.generate(QUESTION)).total_s for _ in range(3)]

        return virtual_time.run(main).value

    assert seconds(1) == seconds(1) != seconds(2)
    assert len(set(seconds(1))) == 3


def test_a_client_serves_one_loop_after_another():
    llm = steady(slots=1)

    async def two():
        await asyncio.gather(llm.generate("a"), llm.generate("b"))

    virtual_time.run(two)
    virtual_time.run(two)
    assert llm.usage.calls == 4


def test_the_reply_may_be_given():
    llm = connect("simulated", reply=lambda messages: messages[0].content.upper())
    reply = virtual_time.run(llm.generate, [Message("user", "shout")]).value
    assert reply.text == "SHOUT"


def test_a_model_needs_a_slot():
    with pytest.raises(ValueError, match="at least 1"):
        SimulatedLLM(slots=0)


@settings(max_examples=30)
@given(st.text())
def test_tokens_lose_nothing(text):
    llm = SimulatedLLM(reply=lambda _: text)
    pieces = virtual_time.run(_drain, llm, "x").value
    assert text.startswith("".join(pieces))
    assert len(pieces) == min(llm.count_tokens(text), 64)


def test_fit_finds_the_constants_of_a_model_again():
    samples = virtual_time.run(measure, steady()).value
    found = fit(samples)
    assert found.start_s == pytest.approx(STEADY.start_s)
    assert found.prompt_token_s == pytest.approx(STEADY.prompt_token_s)
    assert found.token_s == pytest.approx(STEADY.token_s)
    assert found.spread == pytest.approx(0.0, abs=1e-9)


def test_fit_finds_the_spread_of_a_tail():
    speed = Speed(0.02, 0.007, 0.02, 0.3)

    def found(seed):
        llm = SimulatedLLM(seed, speed=speed)
        samples = virtual_time.run(lambda: measure(llm, repeats=20)).value
        return fit(samples)

    assert found(0).spread == pytest.approx(0.3, rel=0.2)
    assert found(0).prompt_token_s == pytest.approx(0.007, rel=0.2)


def test_fit_needs_samples():
    with pytest.raises(ValueError, match="at least 3"):
        fit([])


def test_connect_names_the_kinds():
    with pytest.raises(ValueError, match="local, simulated, openai"):
        connect("cloud")


async def _drain(llm, prompt, **options):
    return [piece async for piece in llm.stream(prompt, **options)]
