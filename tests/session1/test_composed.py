"""The composed agent: hits wait for nobody, misses for a worker, turns are kept."""

import asyncio

import pytest

from session1 import hybrid_time
from session1.composed import ComposedAgent
from session1.latency.fallback import STAND_INS
from session1.llm import LLMError, SimulatedLLM
from session1.memory.manager import MemoryManager
from session1.tool import Tool


def talking(main, *, llm=None, **options):
    """What `main(agent)` gives on a hybrid clock, and the agent."""
    llm = llm or SimulatedLLM(slots=100)

    async def live(memory):
        async with ComposedAgent(
            {"small": llm, "large": llm}, memory, clock=hybrid_time.now, **options
        ) as agent:
            return await main(agent), agent

    with MemoryManager() as memory:
        return hybrid_time.run(live, memory).value


def test_a_hit_does_not_wait_for_the_worker_that_a_miss_waits_for():
    async def main(agent):
        misses = [
            asyncio.create_task(agent.ask(f"Describe river number {i} of {i + 7}."))
            for i in range(4)
        ]
        await asyncio.sleep(0.01)
        hit = await agent.ask("What is a robot?")
        done = sum(miss.done() for miss in misses)
        return hit, done, await asyncio.gather(*misses)

    (hit, done, misses), agent = talking(
        main,
        answers={"What is a robot?": "A machine."},
        max_agents=1,
        target_response_time=60.0,
    )
    assert (hit["response"], done) == ("A machine.", 0)
    assert all(not miss["fallback"] for miss in misses)
    assert agent.workers.stats().peak_busy == 1


def test_no_more_workers_than_there_may_be_and_equal_questions_share_one():
    llm = SimulatedLLM(slots=100)

    async def main(agent):
        asked = [f"Describe river number {i % 10}." for i in range(50)]
        return await asyncio.gather(*(agent.ask(question) for question in asked))

    _, agent = talking(main, llm=llm, max_agents=3, target_response_time=60.0)
    assert llm.usage.calls == 10 and llm.usage.peak_in_flight == 3
    assert agent.workers.stats().agents == 0  # all let go at the end


def test_every_turn_is_remembered_and_stand_ins_are_not_kept_as_answers():
    async def main(agent):
        first = await agent.ask("Tell me everything.", user="ada")
        await asyncio.sleep(30)  # the model's late answer is kept
        second = await agent.ask("Tell me everything.", user="ada")
        await agent.ask("Another thing?", user="bob")
        return first, second, await agent.recall("ada")

    (first, second, turns), agent = talking(main, target_response_time=0.01)
    assert first["fallback"] and first["response"] in STAND_INS
    assert second["response"] == "You said: Tell me everything."
    assert [turn["response"] for turn in turns] == [
        first["response"],
        second["response"],
    ]
    assert agent.journal.written == 3


def test_a_failing_model_is_an_error_that_is_counted_and_nothing_hangs():
    llm = SimulatedLLM(fails=lambda n: True)

    async def main(agent):
        with pytest.raises(LLMError):
            await agent.ask("Name a river.")
        with pytest.raises(ValueError, match="empty"):
            await agent.ask("  ")
        return await agent.recall("someone"), agent.monitor.performance("ask")

    (turns, seen), agent = talking(main, llm=llm)
    assert turns == [] and seen["errors"] == 2
    assert agent.workers.stats().busy == 0


def test_a_memory_that_fails_costs_no_answer():
    async def main(agent):
        def full(records):
            raise OSError("no space left")

        kept, agent.memory.put_many = agent.memory.put_many, full
        said = await agent.process_message("Name a river.")
        await asyncio.sleep(5)
        agent.memory.put_many = kept
        return said, await agent.recall("someone")

    (said, turns), agent = talking(main)
    assert said == "You said: Name a river."
    assert [turn["response"] for turn in turns] == [said]
    kinds = {error["kind"] for error in agent.monitor.errors.figures()["recent"]}
    assert kinds == {"OSError"}


def test_the_second_turn_knows_what_was_said_in_the_first_and_only_to_that_user():
    llm = SimulatedLLM(slots=9, reply=lambda messages: messages[0].content)

    async def main(agent):
        await agent.ask("My name is Ada.", user="ada")
        second = await agent.ask("Who am I?", user="ada")
        return second["response"], (await agent.ask("Who am I?", user="bob"))[
            "response"
        ]

    options = {"shown_turns": 2, "target_response_time": 60.0, "system_prompt": "Hi."}
    (ada, bob), _ = talking(main, llm=llm, **options)
    assert ada.startswith("Hi.") and "user: My name is Ada." in ada
    assert bob == "Hi."


def test_a_user_who_comes_back_is_known():
    llm = SimulatedLLM(slots=9, reply=lambda messages: messages[0].content)
    clock = hybrid_time.now
    options = {"shown_turns": 1, "target_response_time": 60.0, "clock": clock}

    async def live(memory):
        said = []
        for message in ("My name is Ada.", "Who am I?"):
            async with ComposedAgent({"small": llm}, memory, **options) as agent:
                said.append((await agent.ask(message, user="ada"))["response"])
        return said

    with MemoryManager() as memory:
        assert "My name is Ada." in hybrid_time.run(live, memory).value[1]


@pytest.mark.parametrize("cacheable", [True, False])
def test_tools_are_called_and_kept_with_their_answer_only_if_they_may_be(cacheable):
    runs = []

    def weather(city):
        runs.append(city)
        return "18 degrees"

    def reply(messages):
        if "18 degrees" in messages[-1].content:
            return "It is 18 degrees."
        return '{"calls": [{"tool": "weather", "params": {"city": "Oslo"}}]}'

    async def main(agent):
        ask = [await agent.ask("Weather in Oslo?", user="ada") for _ in "ab"]
        return [one["response"] for one in ask]

    tool = Tool("weather", "The weather in a city.", weather, cacheable=cacheable)
    llm = SimulatedLLM(slots=9, reply=reply)
    said, _ = talking(main, llm=llm, tools=[tool], target_response_time=60.0)
    assert said == ["It is 18 degrees."] * 2
    assert runs == ["Oslo"] * (1 if cacheable else 2)
