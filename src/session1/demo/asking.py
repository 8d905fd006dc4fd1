"""Questions that a model answers with tools: what it called, and what it said."""

import ast
import operator
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from session1.demo.part import Section, broken
from session1.demo.toolbox import METRES
from session1.llm import LLMClient
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool
from session1.tool_plan import answer_prompt, plan_tools

ASKED = ("What time is it in Tokyo?", "What is 17 * 23?", "Convert 3 miles to km.")
Unit = Literal["mile", "km", "metre", "foot"]
_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, the calls it took with what came of them, and the answer."""

    question: str
    calls: list[dict[str, Any]]
    results: list[dict[str, Any]]
    answer: str


def local_time(city: str) -> str:
    """Return the time of day in a city."""
    name = city.strip().replace(" ", "_").casefold()
    for zone in sorted(available_timezones()):
        if zone.casefold().endswith(f"/{name}"):
            return f"{datetime.now(ZoneInfo(zone)):%H:%M} in {city}"
    raise ValueError(f"no time zone is named after {city!r}")


def calculate(expression: str) -> float:
    """Work out a sum such as 2 + 3 * 4."""
    return _worked_out(ast.parse(expression, mode="eval").body)


def convert(value: float, unit: Unit, to: Unit) -> str:
    """Convert a length to another unit."""
    return f"{value:g} {unit} are {value * METRES[unit] / METRES[to]:.2f} {to}"


TOOLS = tuple(
    Tool(run.__name__, str(run.__doc__), run)
    for run in (local_time, calculate, convert)
)


async def answer_with_tools(llm: LLMClient, questions: Sequence[str]) -> list[Answered]:
    """Let the model plan calls for each question, run them, and answer from them."""
    agent = OptimizedToolAgent("demo", llm, TOOLS)
    found = []
    try:
        for question in questions:
            calls = await plan_tools(llm, TOOLS, question)
            results = await agent.execute_tools_parallel(calls)
            reply = await llm.generate(answer_prompt(question, results), max_tokens=32)
            found.append(
                Answered(question, calls, results, " ".join(reply.text.split()))
            )
    finally:
        agent.close()
    return found


def asking_section(found: Sequence[Answered]) -> Section:
    """Return what was asked, called and said."""
    lines = [
        f"{one.question}\n   calls   {_called(one)}\n   answers {one.answer}"
        for one in found
    ]
    lines.insert(0, "Our agent, with the model:")
    failed = broken({"the model called no tool": not any(one.calls for one in found)})
    return Section("asking", [asdict(one) for one in found], "\n".join(lines), failed)


def _called(one: Answered) -> str:
    told = []
    for call, result in zip(one.calls, one.results, strict=True):
        params = ", ".join(
            f"{name}={value!r}" for name, value in call["params"].items()
        )
        came = result["result"] if result["success"] else result["error"]
        told.append(f"{call['tool']}({params}) → {came}")
    return "; ".join(told) or "nothing"


def _worked_out(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
            return float(_OPERATORS[type(op)](_worked_out(left), _worked_out(right)))
        case ast.UnaryOp(ast.USub(), operand):
            return -_worked_out(operand)
    raise ValueError("only numbers, + - * / and brackets can be worked out")
