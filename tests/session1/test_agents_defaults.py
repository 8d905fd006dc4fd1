"""What every agent has in common: its system prompt, and answers that are whole."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from session1 import virtual_time
from session1.base_agent import BaseAgent
from session1.fast_response_agent import FastResponseAgent
from session1.llm import Message, SimulatedLLM
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool

MAKE: dict[str, Callable[..., BaseAgent]] = {
    "base": lambda llm, **more: BaseAgent("a", "An agent.", llm, **more),
    "memory": lambda llm, **more: MemoryOptimizedAgent("a", llm, **more),
    "tools": lambda llm, **more: OptimizedToolAgent("a", llm, [], **more),
    "fast": lambda llm, **more: FastResponseAgent(
        "a", llm, target_response_time=600.0, **more
    ),
}
every_agent = pytest.mark.parametrize("make", MAKE.values(), ids=list(MAKE))


@every_agent
def test_a_long_answer_is_whole_if_one_allows_it(make: Any) -> None:
    llm = SimulatedLLM(reply=lambda _: "word " * 500)
    agent = make(llm, max_tokens=2000)
    said = virtual_time.run(agent.process_message, "Tell me all.").value
    assert len(said.split()) == 500


@every_agent
def test_one_that_is_cut_is_reported(make: Any, caplog: Any) -> None:
    agent = make(SimulatedLLM(reply=lambda _: "word " * 500))
    said = virtual_time.run(agent.process_message, "Tell me all.").value
    assert 200 < len(said.split()) < 500
    (line,) = [r.getMessage() for r in caplog.records]
    assert "max_tokens=256" in line and "give the agent a larger one" in line


@every_agent
def test_the_system_prompt_is_ones_own(make: Any) -> None:
    shown: list[list[Message]] = []

    def reply(messages: list[Message]) -> str:
        shown.append(messages)
        return "Arr."

    agent = make(SimulatedLLM(reply=reply), system_prompt="Speak like a pirate.")
    virtual_time.run(agent.process_message, "Hi.")
    assert shown[-1][0].role == "system"
    assert shown[-1][0].content.startswith("Speak like a pirate.")


def test_a_plan_of_six_calls_is_whole() -> None:
    cities = ["Paris", "Rome", "Oslo", "Lima", "Cairo", "Tokyo"]

    class Planner(SimulatedLLM):
        def _text(self, messages: Any, *args: Any) -> str:
            if messages[-1].role == "tool":
                return json.dumps({"answer": [f"rain in {c}" for c in cities]})
            calls = [{"tool": "weather", "params": {"city": c}} for c in cities]
            return json.dumps({"calls": calls}, indent=4)

    asked: list[str] = []

    def weather(city: str) -> str:
        asked.append(city)
        return f"rain in {city}"

    agent = OptimizedToolAgent(
        "a", Planner(), [Tool("weather", "The weather.", weather)]
    )
    question = f"What is the weather in {', '.join(cities)}?"
    said = virtual_time.run(agent.process_message, question).value
    agent.close()
    assert sorted(asked) == sorted(cities)
    assert all(f"rain in {city}" in said for city in cities)
