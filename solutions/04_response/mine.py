"""Your fast agent, for `python demo_runner.py --mine`."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from session1.demo.answer_runs import Clock, Make, Responder
from session1.llm import LLMClient

PART = "response"
AGENT = "agent"


def build(names: Mapping[str, Any], parts: SimpleNamespace) -> Make:
    """A maker of agents: your `FastAgent` with these parts, on the demo's day."""
    kind = names["FastAgent"]

    def make(llm: LLMClient, target: float, clock: Clock) -> Responder:
        agent: Responder = kind(llm, parts, target)
        return agent

    return make
