"""Measure the worth of a prompt's change: tokens, first token, dollars, answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from session1.limits import positive_int
from session1.llm.client import LLMClient, Prompt, Reply
from session1.llm.models import Model


@dataclass(frozen=True, slots=True)
class Effect:
    """The cost of one way to ask: tokens, median seconds, dollars; its answer."""

    name: str
    prompt_tokens: int
    cached_tokens: int
    first_token_s: float
    total_s: float
    dollars: float
    text: str


async def compare(
    llm: LLMClient,
    variants: Mapping[str, Prompt],
    *,
    price: Model,
    max_tokens: int = 16,
    rounds: int = 1,
) -> list[Effect]:
    """The same question asked in several ways, in turns, at temperature 0.

    A model with a prompt cache reads a prompt once only; to compare cold prompts give
    one without (`LocalLLM(prompt_cache=False)`).
    """
    positive_int("rounds", rounds)
    replies: dict[str, list[Reply]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, prompt in variants.items():
            replies[name].append(await llm.generate(prompt, max_tokens=max_tokens))
    return [_effect(name, found, price) for name, found in replies.items()]


def saved(
    before: str, after: str, count_tokens: Callable[[str], int], data: str = ""
) -> float:
    """The share of tokens that template `after` saves, with `data` filled in.

    Both templates have a `{data}`. A template's saving is fixed and the data is not:
    the more data, the less of the whole is saved.
    """
    for template in (before, after):
        if "{data}" not in template:
            raise ValueError(f"no {{data}} in the template {template[:40]!r}")
    old, new = (count_tokens(t.replace("{data}", data)) for t in (before, after))
    return 1 - new / old


def _effect(name: str, replies: list[Reply], price: Model) -> Effect:
    last = replies[-1]
    return Effect(
        name,
        last.prompt_tokens,
        last.cached_tokens,
        median(r.first_token_s for r in replies),
        median(r.total_s for r in replies),
        price.cost_of(last),
        last.text,
    )
