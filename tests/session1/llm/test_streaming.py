"""Streams: time to first token, leaving early, replay, sharing, statistics."""

import asyncio
import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session1 import virtual_time
from session1.llm import LLMError, SimulatedLLM
from session1.llm.cached import CachedLLMManager
from session1.llm.speed import Speed

STEADY = Speed(start_s=1.0, prompt_token_s=0.0, token_s=0.1, spread=0.0)
ANSWER = "one two three four"


def manager(**options):
    client = SimulatedLLM(speed=STEADY, reply=lambda _: ANSWER, **options)
    return CachedLLMManager(client), client


async def arrivals(stream):
    """Each piece and when it came, from now on."""
    start = virtual_time.now()
    return [(piece, round(virtual_time.now() - start, 6)) async for piece in stream]


def test_pieces_come_when_the_model_makes_them():
    llm, _ = manager()

    async def main():
        stream = llm.generate_stream("hi")
        assert stream.first_token_s is None
        return await arrivals(stream), stream

    came, stream = virtual_time.run(main).value
    assert came == [("one", 1.0), (" two", 1.1), (" three", 1.2), (" four", 1.3)]
    assert stream.text == ANSWER
    assert stream.first_token_s == pytest.approx(1.0)
    assert stream.progress.total_s == pytest.approx(1.3)
    assert (stream.progress.source, stream.progress.end) == ("model", "whole")


@pytest.mark.parametrize("pace", [0.0, 0.5])
def test_a_kept_answer_comes_in_the_same_pieces(pace):
    llm, client = manager()

    async def main():
        live = await arrivals(llm.generate_stream("hi"))
        stream = llm.generate_stream("hi", pace=pace)
        return live, await arrivals(stream), stream.progress.source

    live, again, source = virtual_time.run(main).value
    assert [p for p, _ in again] == [p for p, _ in live]
    assert [t for _, t in again] == [pace * i for i in range(4)]
    assert (source, client.usage.calls) == ("cache", 1)


def test_an_answer_asked_for_whole_can_be_streamed_and_the_other_way_round():
    llm, client = manager()

    async def main():
        await llm.generate("a")
        first = [piece async for piece in llm.generate_stream("a")]
        second = [piece async for piece in llm.generate_stream("b")]
        return first == second, (await llm.generate("b")).reused

    assert virtual_time.run(main).value == (True, True)
    assert client.usage.calls == 2


def test_who_comes_late_gets_the_first_pieces_at_once():
    llm, client = manager()

    async def late():
        await asyncio.sleep(1.15)
        return await arrivals(llm.generate_stream("hi"))

    async def main():
        return await asyncio.gather(arrivals(llm.generate_stream("hi")), late())

    first, second = virtual_time.run(main).value
    assert [p for p, _ in first] == [p for p, _ in second]
    assert [t for _, t in second] == [0.0, 0.0, 0.05, 0.15]
    assert client.usage.calls == 1
    assert llm.get_stream_stats()["shared"] == 1


@pytest.mark.parametrize("leave", ["break", "aclose", "cancel"])
def test_leaving_early_stops_the_model(leave):
    llm, client = manager()

    async def broken_off():
        async for _ in llm.generate_stream("hi"):
            break

    async def read(stream):
        async for _ in stream:
            pass

    async def main():
        if leave == "break":
            await broken_off()
        elif leave == "aclose":
            stream = llm.generate_stream("hi")
            await anext(stream)
            await stream.aclose()
        else:
            task = asyncio.create_task(read(llm.generate_stream("hi")))
            await asyncio.sleep(1.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        gc.collect(1)
        await asyncio.sleep(0.01)
        return client.usage.in_flight, client.usage.completion_tokens

    assert virtual_time.run(main).value == (0, 1)
    stats = llm.get_stream_stats()
    assert (stats["left"], stats["whole"]) == (1, 0)
    assert llm.get_cache_stats()["cache_size"] == 0


def test_a_slow_reader_holds_nobody_up():
    llm, _ = manager()

    async def slow():
        got = []
        async for piece in llm.generate_stream("hi"):
            await asyncio.sleep(10)
            got.append(piece)
        return got

    async def main():
        return await asyncio.gather(slow(), arrivals(llm.generate_stream("hi")))

    got, quick = virtual_time.run(main).value
    assert got == [piece for piece, _ in quick]
    assert quick[-1][1] == 1.3


def test_a_stream_that_never_began_asked_nobody():
    llm, client = manager()

    async def main():
        stream = llm.generate_stream("hi")
        await stream.aclose()
        return [piece async for piece in stream]

    assert virtual_time.run(main).value == []
    assert client.usage.calls == 0


@pytest.mark.parametrize(("pace", "error"), [(-1, ValueError), ("x", TypeError)])
def test_a_bad_pace_is_refused(pace, error):
    with pytest.raises(error, match="pace"):
        manager()[0].generate_stream("hi", pace=pace)


def test_statistics_of_many_streams():
    llm, _ = manager(fails=lambda n: n == 3, slots=10)

    async def read(prompt):
        return [piece async for piece in llm.generate_stream(prompt)]

    async def main():
        assert llm.get_stream_stats()["first_token_s"] is None
        await asyncio.gather(read("a"), read("a"), read("b"))
        await read("a")
        with pytest.raises(LLMError):
            await read("c")

    virtual_time.run(main)
    stats = llm.get_stream_stats()
    assert {k: stats[k] for k in ("streams", "whole", "left", "broken")} == {
        "streams": 5,
        "whole": 4,
        "left": 0,
        "broken": 1,
    }
    sources = (stats["from_model"], stats["shared"], stats["replayed"])
    assert sources == (3, 1, 1)
    assert stats["first_token_s"]["p50"] == pytest.approx(1.0, rel=0.01)
    assert stats["total_s"]["p99"] == pytest.approx(1.3, rel=0.01)


@settings(max_examples=30)
@given(st.text(max_size=30), st.integers(1, 4), st.integers(0, 40))
def test_every_reader_gets_the_same_pieces(text, readers, delay):
    client = SimulatedLLM(speed=STEADY, reply=lambda _: text)
    llm = CachedLLMManager(client)

    async def read(i):
        await asyncio.sleep(i * delay / 10)
        return [piece async for piece in llm.generate_stream("hi")]

    async def main():
        return await asyncio.gather(*(read(i) for i in range(readers)))

    got = virtual_time.run(main).value
    assert all(pieces == got[0] for pieces in got)
    assert "".join(got[0]) == text
