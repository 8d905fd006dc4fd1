"""How long a model takes, as four constants, and their fit from a real model."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression, median, pstdev

from session1.llm.client import LLMClient, Reply

_WORDS = ("rain", "stone", "river", "lamp", "cloud", "table", "green", "house")


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds before anything, per prompt token, per new token; spread of the tail.

    `spread` is the standard deviation of the logarithm of a call's factor: with 0.2
    one call in twenty takes more than 1.39 times the median.
    """

    start_s: float
    prompt_token_s: float
    token_s: float
    spread: float

    def first_token_s(self, prompt_tokens: int) -> float:
        """Median seconds until the first token of an answer."""
        return self.start_s + self.prompt_token_s * prompt_tokens

    def total_s(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Median seconds until the last token of an answer."""
        more = max(completion_tokens - 1, 0)
        return self.first_token_s(prompt_tokens) + self.token_s * more


def fit(samples: Sequence[Reply]) -> Speed:
    """The constants that explain `samples`: answers with times, at least three.

    A line through time to first token against prompt tokens that were not cached,
    the median time of a further token, and the spread of what is left. The prompts
    must differ in length, and some answers must have two tokens or more.
    """
    if len(samples) < 3:
        raise ValueError(f"{len(samples)} samples are too few: give at least 3")
    read = [r.prompt_tokens - r.cached_tokens for r in samples]
    slope, start = linear_regression(read, [r.first_token_s for r in samples])
    gaps = [
        (r.total_s - r.first_token_s) / (r.completion_tokens - 1)
        for r in samples
        if r.completion_tokens > 1
    ]
    speed = Speed(max(start, 0.0), max(slope, 0.0), median(gaps), 0.0)
    left = [
        math.log(r.total_s / speed.total_s(n, r.completion_tokens))
        for n, r in zip(read, samples, strict=True)
    ]
    return Speed(speed.start_s, speed.prompt_token_s, speed.token_s, pstdev(left))


async def measure(
    llm: LLMClient, words: Sequence[int] = (5, 50, 100, 200, 400), repeats: int = 3
) -> list[Reply]:
    """Samples for `fit`: answers to prompts of so many random words, `repeats` each."""
    source = random.Random(0)
    return [
        await llm.generate(
            " ".join(source.choices(_WORDS, k=n)), max_tokens=24, seed=repeat
        )
        for repeat in range(repeats)
        for n in words
    ]


# fit(await measure(LocalLLM(prompt_cache=False))): SmolLM2-135M on one thread of a
# two-core Xeon server, which reads about 125 and writes 50 tokens a second.
MEASURED = Speed(start_s=0.025, prompt_token_s=0.008, token_s=0.02, spread=0.17)
