"""Questions with the times they come at: what people ask often, and what is new."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np

from session1.data import conversations
from session1.limits import fraction, positive
from session1.llm import Message
from session1.questions import REWORDINGS, known, reply_from

REWORDED = 0.2  # share of the known questions that come in other words
TALKS = 500  # conversations that new messages are from; then they begin again
BURST_S = 0.1  # seconds for which the rate stays as it is
BURSTS = (0.5, 0.5, 0.5, 2.5)  # times the mean rate; each as likely as the others


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that comes `at` so many seconds, and what a model would say to it.

    `fits` are the answers that are right; None where nobody can tell.
    """

    at: float
    text: str
    reply: str
    fits: frozenset[str] | None = None


def trace(
    rate: float, seconds: float, *, new: float = 0.01, zipf: float = 1.0, seed: int = 0
) -> list[Arrival]:
    """About `rate` messages a second, in bursts, the same ones for the same seed.

    A share `new` of them is what people said in recorded conversations, in its order;
    the rest asks the questions of chatterbot-corpus, the k-th 1 / k ** zipf as often as
    the first, one in five in other words.
    """
    rng = random.Random(seed)
    times = arrivals(positive("rate", rate), positive("seconds", seconds), seed)
    fraction("new", new)
    asked, said = _asked(rng, zipf, len(times)), cycle(_said())
    return [
        Arrival(at, *(next(said) if rng.random() < new else next(asked)))
        for at in times
    ]


def arrivals(rate: float, seconds: float, seed: int = 0) -> list[float]:
    """Times at which callers come who know nothing of each other, in bursts.

    A Poisson process whose rate changes ten times a second by one of `BURSTS`.
    """
    rng = np.random.default_rng(seed)
    slots = max(1, round(seconds / BURST_S))
    most = rng.choice(BURSTS, slots)
    most *= rate * seconds / most.sum()
    edges = np.linspace(0, seconds, slots + 1)
    passed = np.concatenate([[0.0], np.cumsum(most)])  # callers expected by each edge
    # a Poisson process of rate 1, on a time line stretched where few callers come
    steps = rng.exponential(size=int(passed[-1] + 6 * passed[-1] ** 0.5 + 20)).cumsum()
    found: list[float] = np.interp(steps[steps < passed[-1]], passed, edges).tolist()
    return found


def model_reply(trace: list[Arrival]) -> Callable[[list[Message]], str]:
    """Return a model's reply function for a trace, for `SimulatedLLM(reply=…)`.

    To a known question it knows the answer, even if someone said it in conversation.
    """
    new_first = sorted(trace, key=lambda one: one.fits is not None)
    return reply_from({one.text: one.reply for one in new_first})


Said = tuple[str, str, frozenset[str] | None]


def _asked(rng: random.Random, zipf: float, count: int) -> Iterator[Said]:
    """Known questions, some often and most seldom."""
    questions = sorted(known())
    rng.shuffle(questions)
    often = [1 / (rank + 1) ** zipf for rank in range(len(questions))]
    for question in rng.choices(questions, often, k=count):
        fits = known()[question]
        word = rng.choice(REWORDINGS) if rng.random() < REWORDED else str
        yield word(question), min(fits), fits


def _said() -> Iterator[Said]:
    """Pair people's remarks with the replies they got.

    Some 18,000 messages, a tenth of which repeat one before.
    """
    for talk in conversations(TALKS, min_turns=2):
        for turn, after in zip(talk.turns, islice(talk.turns, 1, None), strict=False):
            yield turn.text, after.text, None
