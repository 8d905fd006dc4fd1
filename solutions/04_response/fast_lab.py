"""What the agent is tried with: a model that counts, a day of questions, pairs."""

import base64
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from response_lab import model_taking

from coursekit.check.error_messages import fault
from coursekit.core import style
from session1 import virtual_time
from session1.data.pairs import further_pairs, pairs
from session1.demo import response
from session1.demo.answer_runs import AGENTS, Make, live, pairs_served
from session1.questions import day

QUESTIONS, TOPICS, EVERY_S, DEADLINE = 400, 250, 0.6, 1.0


class LLM:
    """A model that takes these seconds, call by call.

    `asked` has what it was asked, `prompts` that with the roles.
    """

    def __init__(self, *seconds: float) -> None:
        self._model = model_taking(*seconds)
        self.asked: list[str] = []
        self.prompts: list[list[tuple[str, str]]] = []

    async def generate(self, prompt: Any, **options: Any) -> SimpleNamespace:
        """Answer after the seconds of this call."""
        self.prompts.append([(one.role, one.content) for one in prompt])
        message = prompt[-1].content
        self.asked.append(message)
        return SimpleNamespace(text=await self._model(message))


def replaced(kind: type, **functions: Callable[..., Any]) -> type:
    """Return `kind` with some methods replaced, so that the others are tested alone."""
    methods = {name: staticmethod(function) for name, function in functions.items()}
    return type(kind.__name__, (kind,), methods)


class Day:
    """The demo's day and labelled pairs: naive, yours, the reference (*ours*)."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self.days, self.served = side_by_side(lambda llm, s, clock: make(llm, s))

    def summary(self) -> str:
        """Both tables, as text."""
        lines = [response.day_section(self.days).text, ""]
        for name, hits in self.served.items():
            right = sum(pair.same for pair in hits)
            wrong = len(hits) - right
            lines.append(f"{name:6}{right:4} pairs served rightly, {wrong:3} wrongly")
        return "\n".join(lines)

    def figure(self) -> Figure:
        """When answers were there, and which pairs were given one answer."""
        known = set(pairs())
        served = {n: [p for p in hits if p in known] for n, hits in self.served.items()}
        with matplotlib.rc_context(style.RC):
            figure = Figure(figsize=(10, 4.6), layout="constrained")
            times, wrong = figure.subplots(1, 2)
            response.draw_times(times, self.days)
            response.draw_pairs(wrong, served)
        return figure

    def __repr__(self) -> str:
        return self.summary()

    def _repr_mimebundle_(self, **_kinds: Any) -> dict[str, Any]:
        picture = base64.b64encode(style.png(self.figure())).decode()
        return {"text/plain": self.summary(), "image/png": picture}


def show_day(make: Callable[..., Any]) -> Day | None:
    """Run the demo's day with the agents that `make(llm, target)` makes.

    Print why not, and return None, where the agent is not solved yet.
    """
    try:
        return Day(make)
    except Exception as error:
        print(f"nothing to show yet: {fault(error, {}).text()}")
        return None


def side_by_side(yours: Make) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The day and the labelled pairs: naive, yours, the reference."""
    makers = {"no reuse": AGENTS["no reuse"], "naive": AGENTS["naive"]}
    makers |= {"yours": yours, "ours": AGENTS["ours"]}
    asked = day(QUESTIONS, TOPICS, EVERY_S)
    days = {
        name: virtual_time.run(live, make, asked, DEADLINE).value
        for name, make in makers.items()
    }
    known = pairs() + further_pairs()
    served = {
        name: virtual_time.run(pairs_served, make, known).value
        for name, make in makers.items()
        if name != "no reuse"
    }
    return days, served
