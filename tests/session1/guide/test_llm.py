"""Calls of models: answers kept, prompts short, the right model, streams."""

import asyncio
from itertools import pairwise

import pytest

from session1 import virtual_time
from session1.llm import SimulatedLLM
from session1.llm.cached import CachedLLMManager
from session1.llm.models import COMPLEXITIES, select_optimal_model, table
from session1.llm.prompt import compare, tidy
from session1.llm.router import Router
from session1.llm.speed import Speed
from tests.session1.guide.parts import remarks, virtual

pytestmark = pytest.mark.slow


class TestResponseCaching:
    def test_the_second_time_costs_nothing(self):
        llm = SimulatedLLM()
        manager = CachedLLMManager({"gpt-4": llm})
        prompt = "Say it twice."

        async def twice():
            first = await manager.generate(prompt, model="gpt-4")
            return first, await manager.generate(prompt, model="gpt-4")

        first, second = virtual(twice)
        assert first.text == second.text and llm.usage.calls == 1
        stats = manager.get_cache_stats()
        # a share here and not text such as "50.00%", so that one can reckon with it
        assert stats["hit_rate"] == 0.5
        assert (stats["hits"], stats["misses"], stats["cache_size"]) == (1, 1, 1)

    def test_it_can_be_called_without_a_loop(self):
        llm = SimulatedLLM(speed=Speed(0, 0, 0, 0))  # answers at once
        manager = CachedLLMManager({"gpt-4": llm})
        said = [manager.generate_with_cache("Hi.", model="gpt-4") for _ in range(2)]
        manager.close()
        assert said == ["You said: Hi."] * 2 and llm.usage.calls == 1

    def test_the_key_is_of_prompt_and_model_and_of_what_else_matters(self):
        manager = CachedLLMManager({"gpt-4": SimulatedLLM(), "b:c": SimulatedLLM()})
        key = manager.generate_cache_key("Hi.", "gpt-4")
        assert key == manager.generate_cache_key("Hi.", "gpt-4")
        others = [
            manager.generate_cache_key("Hi", "gpt-4"),
            manager.generate_cache_key("Hi.", "b:c"),
            manager.generate_cache_key("Hi.", "gpt-4", max_tokens=5),
        ]
        assert len({key, *others}) == 4


class TestPromptOptimization:
    LONG = (
        "Please   analyse the following notes, in full and at length.  \n\n\n\n"
        "Please   analyse the following notes, in full and at length.  \n\n\n"
        "Explain everything; give examples of every point that you make.\n\n{data}"
    )
    SHORT = "List 1) findings 2) recommendations\n\n{data}"

    def test_the_saving_shrinks_as_the_data_grows(self):
        count_tokens = SimulatedLLM().count_tokens

        def saving(data):
            long, short = (
                count_tokens(p.format(data=data)) for p in (self.LONG, self.SHORT)
            )
            return 1 - short / long

        # the guide promises 60 %: that is of the template alone
        assert saving("") > 0.6
        assert saving(" ".join(remarks(100))) < 0.1

    def test_tidying_saves_tokens_and_loses_no_word(self):
        llm = SimulatedLLM()
        short = tidy(self.LONG)
        assert llm.count_tokens(short) < llm.count_tokens(self.LONG)
        assert set(short.split()) == set(self.LONG.split())

    def test_time_and_cost_fall_by_less_than_the_tokens_do(self):
        # the guide promises half the time and 60 % of the cost for a third of the words
        prompts = {"long": self.LONG.format(data=""), "short": self.SHORT}
        llm = SimulatedLLM(reply=lambda _: "word " * 20)
        price = table().models["small"]
        long, short = virtual(lambda: compare(llm, prompts, price=price, rounds=9))
        tokens = 1 - short.prompt_tokens / long.prompt_tokens
        first = 1 - short.first_token_s / long.first_token_s
        cost = 1 - short.dollars / long.dollars
        assert 0 < first < tokens and 0 < cost < tokens
        # and what is written takes as long as before
        assert 1 - short.total_s / long.total_s < first

    @pytest.mark.model
    def test_the_models_own_tokenizer_says_the_same(self, model):
        tidied = model.count_tokens(tidy(self.LONG))
        assert tidied < model.count_tokens(self.LONG)
        assert model.count_tokens(self.SHORT) < tidied


class TestModelSelectionStrategy:
    def test_harder_work_gets_a_better_and_dearer_model(self):
        models = table().models
        chosen = [models[select_optimal_model(kind)] for kind in COMPLEXITIES]
        assert list(COMPLEXITIES) == ["simple", "moderate", "complex", "reasoning"]
        for easier, harder in pairwise(chosen):
            assert easier.quality < harder.quality
            assert easier.cost(1000, 100) < harder.cost(1000, 100)

    def test_an_unknown_kind_is_an_error(self):
        # the guide takes the cheapest model for a misspelt kind, and nobody notices
        with pytest.raises(ValueError, match="no complexity 'simpel'"):
            select_optimal_model("simpel")

    def test_the_router_asks_the_one_selected(self):
        async def main():
            clients = {name: SimulatedLLM() for name in table().models}
            router = Router(clients)
            reply = await router.generate("Is this mail spam: yes or no?")
            return reply.model, router.get_cost_stats()

        model, _ = virtual(main)
        assert model == select_optimal_model("simple")


class TestStreamingResponses:
    def test_chunks_come_long_before_the_end(self):
        async def main():
            manager = CachedLLMManager(SimulatedLLM())
            times, said = [], []
            stream = manager.generate_stream("Explain quantum computing to a child.")
            async for chunk in stream:
                times.append(virtual_time.now())
                said.append(chunk)
            return times, said, stream

        times, said, stream = virtual(main)
        assert "".join(said) == stream.text and len(said) > 5
        assert stream.first_token_s == pytest.approx(times[0])
        assert times == sorted(times) and times[-1] > times[0]

    @pytest.mark.model
    def test_the_real_model_streams(self, model):
        async def main():
            stream = CachedLLMManager(model).generate_stream(
                "Explain quantum computing.", max_tokens=6
            )
            return [chunk async for chunk in stream]

        assert 1 < len(asyncio.run(main())) <= 6
