"""Measure the real local model: in turns, on the wall clock, a fresh prompt a round."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from benchmarks.loop import LOOP
from benchmarks.page import Case, Row, Run
from benchmarks.runner import summary
from session1.llm import LLMClient, ModelMissing, Reply, model_file
from session1.llm.client import Prompt
from session1.llm.prompt import Example

Way = Callable[[int], Awaitable[float]]  # the figure of one round


@cache
def is_there() -> bool:
    """Whether the model's file is on this machine; says so once if it is not."""
    try:
        model_file.find()
    except ModelMissing as e:
        print(f"without the local model its cases are left out: {e}", file=sys.stderr)
        return False
    return True


@contextmanager
def local(**options: Any) -> Iterator[LLMClient]:
    """The local model, loaded for one case."""
    from session1.llm.local import LocalLLM

    llm = LocalLLM(**options)
    try:
        yield llm
    finally:
        LOOP.run_until_complete(llm.aclose())


def in_turns(ways: dict[str, Way], rounds: int) -> dict[str, list[float]]:
    """Each way's figures, taken in turns so that a busy machine hits all alike."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds):
        for name, way in ways.items():
            found[name].append(LOOP.run_until_complete(_awaited(way, turn)))
    return found


async def _awaited(way: Way, turn: int) -> float:
    return await way(turn)


def row(case: str, n: int, samples: dict[str, list[float]], unit: str = "s") -> Row:
    """Medians, ratios to ours and their quartiles."""
    nothing = Run(lambda: None)
    return replace(summary(Case(case, n, nothing), samples, {}), unit=unit)


def generated(llm: LLMClient, prompt: Prompt, max_tokens: int) -> Reply:
    """The model's reply at temperature 0."""
    return LOOP.run_until_complete(llm.generate(prompt, max_tokens=max_tokens))


def fitting(pool: Sequence[Example], llm: LLMClient, tokens: int) -> list[Example]:
    """The first of `pool` that fit."""
    chosen = list[Example]()
    for example in pool:
        tokens -= llm.count_tokens(f"{example}\n\n")
        if tokens < 0:
            break
        chosen.append(example)
    return chosen


def mean(values: Sequence[float]) -> float:
    """Their average."""
    return sum(values) / len(values)
