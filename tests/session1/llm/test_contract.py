"""What every language-model client must do, asked of all three."""

import asyncio
from contextlib import aclosing

import pytest

from session1 import virtual_time
from session1.llm import LLMClient, Message, SimulatedLLM
from session1.llm.batching import Batcher
from session1.llm.cached import CachedLLMManager
from session1.llm.openai_compatible import OpenAICompatibleLLM
from session1.llm.router import Router

QUESTION = "Name a colour."
TALK = [
    Message("system", "Be brief."),
    Message("user", "Hello."),
    Message("assistant", "Hello!"),
    Message("user", QUESTION),
]


async def streamed(llm: LLMClient, prompt, **options) -> list[str]:
    return [piece async for piece in llm.stream(prompt, **options)]


class ClientContract:
    """Asked of a `call` fixture: `call(main)` runs `main(llm)`, returns its result."""

    def test_it_is_a_client(self, call):
        async def main(llm):
            return isinstance(llm, LLMClient), llm.model

        fits, model = call(main)
        assert fits
        assert model

    @pytest.mark.parametrize("prompt", [QUESTION, TALK], ids=["text", "messages"])
    def test_streamed_text_is_the_generated_text(self, call, prompt):
        async def main(llm):
            reply = await llm.generate(prompt, max_tokens=8)
            return reply, await streamed(llm, prompt, max_tokens=8)

        reply, pieces = call(main)
        assert reply.text
        assert "".join(pieces) == reply.text
        assert len(pieces) > 1

    def test_a_reply_counts_what_it_took(self, call):
        async def main(llm):
            return await llm.generate(TALK, max_tokens=5)

        reply = call(main)
        assert reply.prompt_tokens > 5
        assert 0 < reply.completion_tokens <= 5
        assert 0 <= reply.cached_tokens <= reply.prompt_tokens
        assert 0 < reply.first_token_s <= reply.total_s

    def test_a_stream_tells_its_reply_at_the_end(self, call):
        async def main(llm):
            ended = []
            pieces = await streamed(llm, TALK, max_tokens=5, on_end=ended.append)
            async with aclosing(llm.stream(TALK, max_tokens=4, on_end=ended.append)):
                pass
            return "".join(pieces), ended

        text, ended = call(main)
        (reply,) = ended
        assert reply.text == text
        assert reply.prompt_tokens > 5
        assert 0 < reply.completion_tokens <= 5
        assert 0 < reply.first_token_s <= reply.total_s

    def test_an_answer_cut_off_says_so(self, call):
        async def main(llm):
            return await llm.generate(QUESTION, max_tokens=1)

        assert call(main).finish == "length"

    def test_temperature_zero_repeats_itself(self, call):
        async def main(llm):
            return [(await llm.generate(QUESTION, max_tokens=6)).text for _ in "ab"]

        first, second = call(main)
        assert first == second

    def test_a_seed_repeats_itself(self, call):
        async def main(llm):
            options = {"max_tokens": 6, "temperature": 1.0, "seed": 7}
            return [(await llm.generate(QUESTION, **options)).text for _ in "ab"]

        first, second = call(main)
        assert first == second

    def test_requests_at_once_are_all_answered(self, call):
        async def main(llm):
            calls = (llm.generate(f"Say {i}.", max_tokens=2) for i in range(5))
            return await asyncio.gather(*calls)

        assert all(reply.text for reply in call(main))

    def test_a_stream_may_be_left_early(self, call):
        async def main(llm):
            async with aclosing(llm.stream(QUESTION, max_tokens=64)) as pieces:
                piece = await anext(pieces)
            return piece, await llm.generate(QUESTION, max_tokens=2)

        piece, reply = call(main)
        assert reply.text.startswith(piece)

    def test_counting_tokens(self, call):
        async def main(llm):
            return [llm.count_tokens(text) for text in ("", "a", "many more words")]

        none, one, more = call(main)
        assert none == 0 < one < more

    @pytest.mark.parametrize(
        ("prompt", "options", "error", "hint"),
        [
            ([], {}, ValueError, "no messages"),
            ([{"role": "user"}], {}, TypeError, "Messages"),
            (None, {}, TypeError, "a prompt is text or Messages"),
            (QUESTION, {"max_tokens": 0}, ValueError, "at least 1"),
            (QUESTION, {"max_tokens": "5"}, TypeError, "max_tokens must be an int"),
        ],
    )
    def test_bad_requests_are_refused(self, call, prompt, options, error, hint):
        async def main(llm):
            with pytest.raises(error, match=hint):
                await llm.generate(prompt, **options)
            with pytest.raises(error, match=hint):
                await streamed(llm, prompt, **options)

        call(main)


class TestSimulated(ClientContract):
    @pytest.fixture
    def call(self):
        return lambda main: virtual_time.run(main, SimulatedLLM()).value


class TestCached(ClientContract):
    @pytest.fixture
    def call(self):
        make = lambda: CachedLLMManager(SimulatedLLM())  # noqa: E731
        return lambda main: virtual_time.run(main, make()).value


class TestRouter(ClientContract):
    @pytest.fixture
    def call(self):
        make = lambda: Router({"small": SimulatedLLM()})  # noqa: E731
        return lambda main: virtual_time.run(main, make()).value


class TestBatcher(ClientContract):
    @pytest.fixture
    def call(self):
        make = lambda: Batcher(SimulatedLLM())  # noqa: E731
        return lambda main: virtual_time.run(main, make()).value


@pytest.mark.model
class TestLocal(ClientContract):
    @pytest.fixture
    def call(self, model):
        return lambda main: asyncio.run(main(model))


@pytest.mark.model
class TestOpenAICompatible(ClientContract):
    @pytest.fixture
    def call(self, model):
        async def with_client(main):
            llm = OpenAICompatibleLLM("smollm2", model.base_url)
            try:
                return await main(llm)
            finally:
                await llm.aclose()

        return lambda main: asyncio.run(with_client(main))
