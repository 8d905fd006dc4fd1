"""Real questions, asked as people ask: some often, in other words, all at odd times."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import shorten

from session1.data.answers import answers, topic_names
from session1.llm import Message, SimulatedLLM
from session1.reuse.similarity import words

# Another wording of a question that asks the same.
REWORDINGS = (
    lambda q: q.rstrip("?.! ").lower(),
    lambda q: f"Hi, {q}",
    lambda q: f"{q.rstrip('?.! ')} please?",
    lambda q: q.replace("What is ", "What's ").replace("what is ", "what's "),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message, the question it words, and seconds since the one before."""

    message: str
    question: str
    after_s: float


SMALL_TALK = {"greetings", "conversations", "emotion", "psychology"}


@cache
def known() -> dict[str, frozenset[str]]:
    """Questions of four words and more, with the beginnings of all fitting answers."""
    topics = [topic for topic in topic_names() if topic not in SMALL_TALK]
    found = [qa for qa in answers(topics) if len(words(qa.question)) >= 4]
    fitting: dict[tuple[str, ...], set[str]] = {}
    for qa in found:
        fitting.setdefault(tuple(words(qa.question)), set()).add(_short(qa.answer))
    return {qa.question: frozenset(fitting[tuple(words(qa.question))]) for qa in found}


def _short(answer: str) -> str:
    """Its beginning, short enough for the max_tokens of every agent and client."""
    count, widths = SimulatedLLM().count_tokens, range(150, 90, -10)
    texts = (shorten(answer, width, placeholder=" …") for width in widths)
    return next(text for text in texts if count(text) <= 64)  # code has many


@cache
def every_answer() -> frozenset[str]:
    """The answers to all of them."""
    return frozenset(answer for fitting in known().values() for answer in fitting)


def day(count: int, topics: int, every_s: float, seed: int = 4) -> list[Asked]:
    """`count` messages about `topics` questions, one in `every_s` seconds on average.

    The k-th question comes 1/k as often as the first; two in five are reworded.
    """
    rng = random.Random(seed)
    questions = rng.sample(sorted(known()), topics)
    often = [1 / (rank + 1) for rank in range(topics)]
    return [
        Asked(
            rng.choice(REWORDINGS)(question) if rng.random() < 0.4 else question,
            question,
            rng.expovariate(1 / every_s),
        )
        for question in rng.choices(questions, often, k=count)
    ]


def scripted(asked: Sequence[Asked]) -> dict[str, str]:
    """Return the reply of a model that knows the data to each message."""
    return {a.message: min(known()[a.question]) for a in asked}


def reply_from(script: dict[str, str]) -> Callable[[list[Message]], str]:
    """A reply function for the simulated model."""
    return lambda messages: script[messages[-1].content]
