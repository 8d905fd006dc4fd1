"""The base agent and tools: one prompt, one answer; sync and async functions."""

import asyncio

from session1 import virtual_time
from session1.base_agent import BaseAgent
from session1.llm import Message, SimulatedLLM
from session1.tool import Tool


def test_an_agent_shows_the_model_who_it_is_and_what_was_said():
    seen = []

    def reply(messages):
        seen.extend(messages)
        return "Paris."

    agent = BaseAgent("guide", "Answer in one word.", SimulatedLLM(reply=reply))
    answer = virtual_time.run(agent.process_message, "Capital of France?").value
    assert answer == "Paris."
    assert seen == [
        Message("system", "Answer in one word."),
        Message("user", "Capital of France?"),
    ]
    assert agent.logger.name == "session1.guide"


def test_an_agent_remembers_nothing():
    llm = SimulatedLLM(reply=lambda messages: str(len(messages)))
    agent = BaseAgent("guide", "Answer.", llm)

    async def twice():
        return [await agent.process_message("hi") for _ in range(2)]

    assert virtual_time.run(twice).value == ["2", "2"]


def test_a_tool_runs_sync_and_async_functions():
    async def slow_double(x):
        await asyncio.sleep(1)
        return 2 * x

    for run in (lambda x: 2 * x, slow_double):
        tool = Tool("double", "Twice x.", run)
        assert virtual_time.run(tool.execute, {"x": 21}).value == 42
        assert not tool.cacheable
