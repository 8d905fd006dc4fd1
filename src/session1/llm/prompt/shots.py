"""Examples for a prompt: those nearest to the question, as many as there is room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from session1.limits import positive_int
from session1.reuse.semantic import Embedder, wordllama
from session1.reuse.similarity import tokens

Relevance = Callable[[str], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the answer it should get."""

    question: str
    answer: str

    def __str__(self) -> str:
        return f"Q: {self.question}\nA: {self.answer}"


class Shots:
    """Chooses from `examples` by relevance to a message, within a budget of tokens.

    The chosen stand in the order of `examples`, so that two messages that choose the
    same ones give the same text, which a model's prompt cache knows again.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        count_tokens: Callable[[str], int],
        relevance: Callable[[Sequence[str]], Relevance] | None = None,
    ) -> None:
        """`relevance` is `by_meaning` (the default) or `by_words`."""
        self.examples = tuple(examples)
        self._sizes = [count_tokens(f"{example}\n\n") for example in self.examples]
        make = relevance or by_meaning
        self._relevance = make([example.question for example in self.examples])

    def select(
        self, message: str, max_tokens: int, limit: int | None = None
    ) -> list[Example]:
        """The most relevant first, while there is room; at most `limit` of them."""
        positive_int("max_tokens", max_tokens)
        if limit is not None:
            positive_int("limit", limit)
        scores = np.asarray(self._relevance(message), dtype=float)
        chosen: list[int] = []
        for i in np.argsort(-scores, kind="stable"):
            if len(chosen) == limit:
                break
            if scores[i] > 0 and self._sizes[i] <= max_tokens:
                chosen.append(int(i))
                max_tokens -= self._sizes[i]
        return [self.examples[i] for i in sorted(chosen)]

    def text(self, message: str, max_tokens: int, limit: int | None = None) -> str:
        """The chosen examples as they go into a prompt."""
        return "\n\n".join(map(str, self.select(message, max_tokens, limit)))


def by_meaning(questions: Sequence[str], embed: Embedder | None = None) -> Relevance:
    """Relevance as the cosine between embeddings, by default wordllama's."""
    embed = embed or wordllama()
    vectors = np.array([_unit(embed(question)) for question in questions])

    def relevance(message: str) -> Sequence[float]:
        return [] if not len(vectors) else (vectors @ _unit(embed(message))).tolist()

    return relevance


def by_words(questions: Sequence[str]) -> Relevance:
    """Relevance as the share of words in common (Jaccard); needs no embeddings."""
    known = [tokens(question) for question in questions]

    def relevance(message: str) -> Sequence[float]:
        said = tokens(message)
        return [len(said & words) / max(len(said | words), 1) for words in known]

    return relevance


def _unit(vector: Any) -> Any:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
