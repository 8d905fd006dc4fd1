"""Batcher: when a batch goes, who gets which answer, what one costs the others."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session1 import virtual_time
from session1.llm import LLMError, SimulatedLLM
from session1.llm.batching import Batcher
from session1.llm.speed import Speed

SECOND = Speed(start_s=1.0, prompt_token_s=0.0, token_s=0.0, spread=0.0)


class Client(SimulatedLLM):
    """Takes a second and says what it was asked; fails when asked to."""

    def __init__(self, slots=100):
        super().__init__(speed=SECOND, slots=slots)
        self.begun = []

    async def stream(self, prompt, **options):
        self.begun.append((prompt, virtual_time.now()))
        async for piece in super().stream(prompt, **options):
            if "fail" in str(prompt):
                raise LLMError("asked to")
            yield piece


def run(main):
    return virtual_time.run(main).value


async def gathered(llm, *prompts):
    calls = (llm.generate(prompt) for prompt in prompts)
    return await asyncio.gather(*calls, return_exceptions=True)


def test_a_full_batch_goes_at_once_and_the_rest_after_the_wait():
    client = Client()
    llm = Batcher(client, size=3, wait=0.5)
    timed = virtual_time.run(gathered, llm, *"abcde")
    assert [reply.text for reply in timed.value] == [f"You said: {c}" for c in "abcde"]
    assert [at for _, at in client.begun] == [0, 0, 0, 0.5, 0.5]
    assert timed.seconds == 1.5
    stats = llm.get_batch_stats()
    assert (stats["requests"], stats["batches"], stats["largest"]) == (5, 2, 3)
    assert stats["mean_waited_s"] == pytest.approx(0.2)


@pytest.mark.parametrize(("slots", "seconds"), [(1, 6), (2, 3), (4, 2), (6, 1)])
def test_a_batch_uses_so_many_slots(slots, seconds):
    llm = Batcher(Client(), size=6, wait=1, slots=slots)
    assert virtual_time.run(gathered, llm, *"abcdef").seconds == seconds
    assert llm.client.usage.peak_in_flight == slots


def test_each_answer_comes_as_soon_as_it_is_there():
    llm = Batcher(Client(), size=4, slots=1)

    async def ask(prompt):
        await llm.generate(prompt)
        return virtual_time.now()

    async def main():
        return await asyncio.gather(*map(ask, "abcd"))

    assert run(main) == [1, 2, 3, 4]


def test_one_failure_costs_one():
    first, bad, last = run(lambda: gathered(Batcher(Client()), "a", "fail", "c"))
    assert isinstance(bad, LLMError)
    assert (first.text, last.text) == ("You said: a", "You said: c")


@pytest.mark.parametrize("when", [0.005, 0.5], ids=["waiting", "running"])
def test_one_cancelled_costs_one(when):
    client = Client()
    llm = Batcher(client, size=10, wait=0.01)

    async def main():
        calls = [asyncio.create_task(llm.generate(c)) for c in "abc"]
        await asyncio.sleep(when)
        calls[1].cancel()
        await asyncio.sleep(0.01)
        flying = client.usage.in_flight
        done = await asyncio.gather(*calls, return_exceptions=True)
        return flying, [getattr(reply, "text", None) for reply in done]

    assert run(main) == (2, ["You said: a", None, "You said: c"])
    assert client.usage.calls == (2 if when < 0.01 else 3)


def test_a_cancelled_call_that_waits_for_a_slot_is_never_made():
    client = Client()
    llm = Batcher(client, size=3, slots=1)

    async def main():
        calls = [asyncio.create_task(llm.generate(c)) for c in "abc"]
        await asyncio.sleep(0.5)
        calls[2].cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    run(main)
    assert [prompt for prompt, _ in client.begun] == ["a", "b"]


def test_a_batch_of_cancelled_calls_asks_nobody():
    client = Client()
    llm = Batcher(client)

    async def main():
        call = asyncio.create_task(llm.generate("a"))
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.sleep(1)

    run(main)
    assert (client.begun, llm.stats.batches) == ([], 0)


def test_a_bad_request_fails_alone():
    good, bad = run(lambda: gathered(Batcher(Client()), "a", []))
    assert good.text == "You said: a"
    assert isinstance(bad, ValueError)


def test_closing_leaves_nobody_waiting():
    llm = Batcher(Client(), size=3, wait=5, slots=1)

    async def main():
        calls = [asyncio.create_task(llm.generate(c)) for c in "abcd"]
        await asyncio.sleep(0.5)  # a runs, b and c wait for the slot, d for a batch
        await llm.aclose()
        errors = await asyncio.gather(*calls, return_exceptions=True)
        with pytest.raises(LLMError, match="make a new one"):
            await llm.generate("e")
        return errors

    timed = virtual_time.run(main)
    assert all(isinstance(error, LLMError) for error in timed.value)
    assert timed.seconds < 1


def test_one_batcher_serves_one_loop_after_another():
    llm = Batcher(Client(), size=10, wait=5)

    async def leave():
        asyncio.get_running_loop().create_task(llm.generate("left"))
        await asyncio.sleep(0.1)

    virtual_time.run(leave)
    (reply,) = run(lambda: gathered(llm, "a"))
    assert reply.text == "You said: a"


@pytest.mark.parametrize(
    "bad", [{"size": 0}, {"slots": 0}, {"wait": -1}, {"wait": float("nan")}]
)
def test_bad_limits_are_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        Batcher(Client(), **bad)


ASKS = st.lists(
    st.tuples(
        st.floats(0, 3),
        st.sampled_from(["well", "fail"]),
        st.floats(0.1, 5) | st.none(),
    ),
    max_size=12,
)


@settings(max_examples=50)
@given(ASKS, st.integers(1, 5), st.integers(1, 3))
def test_every_call_ends_with_its_own_outcome(asks, size, slots):
    llm = Batcher(Client(), size=size, wait=0.3, slots=slots)

    async def ask(i, delay, how, patience):
        await asyncio.sleep(delay)
        try:
            async with asyncio.timeout(patience):
                return (await llm.generate(f"{how} {i}")).text
        except (LLMError, TimeoutError) as e:
            return type(e)

    async def main():
        got = await asyncio.gather(*(ask(i, *a) for i, a in enumerate(asks)))
        await asyncio.sleep(0.01)
        return got, llm.client.usage.in_flight

    got, in_flight = run(main)
    assert in_flight == 0
    for i, ((_, how, patience), outcome) in enumerate(zip(asks, got, strict=True)):
        right = f"You said: well {i}" if how == "well" else LLMError
        assert outcome == right or (outcome is TimeoutError and patience is not None)


@pytest.mark.model
def test_the_real_model_answers_a_batch(model):
    llm = Batcher(model, size=3, slots=2)

    async def main():
        calls = (llm.generate(f"Say {c}.", max_tokens=2) for c in "abc")
        return await asyncio.gather(*calls)

    assert all(reply.text for reply in asyncio.run(main()))
    assert llm.stats.batches == 1
