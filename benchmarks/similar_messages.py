"""Messages to look up and messages to look among: natural, templates, few words."""

import random
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from session1.data import conversations

TEMPLATES = (
    "what is the status of order {}",
    "where is order {}",
    "cancel order {} please",
    "i want a refund for order number {} today",
    "can you tell me when order {} will arrive at my house",
)
FILLERS = ("please", "now", "really", "again", "today")
WORDS = [f"word{n}" for n in range(200)]


class Corpus(NamedTuple):
    """`held` distinct messages, and queries: half changed copies, half held out."""

    held: list[str]
    queries: list[str]


def natural(rng: random.Random, n: int) -> list[str]:
    """The first `n` different messages of chitchat-dataset, in random order."""
    said = (turn.text for talk in conversations() for turn in talk.turns)
    texts = list(islice(unique(said), n))
    rng.shuffle(texts)
    return texts


def unique(texts: Iterable[str]) -> Iterator[str]:
    """Each text once."""
    seen: set[str] = set()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text


def template(rng: random.Random, n: int) -> list[str]:
    """Five sentences about an order, which differ in its number."""
    return [rng.choice(TEMPLATES).format(rng.randrange(10**8)) for _ in range(n)]


def few_words(rng: random.Random, n: int) -> list[str]:
    """Four to fifteen words out of 200."""
    return [" ".join(rng.choices(WORDS, k=rng.randint(4, 15))) for _ in range(n)]


KINDS: dict[str, Callable[[random.Random, int], list[str]]] = {
    "natural": natural,
    "template": template,
    "200 words": few_words,
}


@cache
def corpus(kind: str, n: int, queries: int = 300, seed: int = 1) -> Corpus:
    """`n` messages of a kind and queries for them; equal on every machine."""
    rng = random.Random(seed)
    texts = list(dict.fromkeys(KINDS[kind](rng, n + n // 20 + queries)))
    held, new = texts[:n], texts[n : n + queries // 2]
    if len(held) < n or len(new) < queries // 2:
        raise ValueError(f"only {len(texts)} different messages of kind {kind!r}")
    asked = new + [changed(rng, rng.choice(held)) for _ in new]
    rng.shuffle(asked)
    return Corpus(held, asked)


def changed(rng: random.Random, message: str) -> str:
    """`message` with a word left out, with a filler put in, or as it is."""
    words, chance = message.split(), rng.random()
    if chance < 0.4 and len(words) > 2:
        words.pop(rng.randrange(len(words)))
    elif chance < 0.8:
        words.insert(rng.randrange(len(words) + 1), rng.choice(FILLERS))
    return " ".join(words)
