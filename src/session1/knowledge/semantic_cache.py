"""Answers to earlier questions, found by meaning and served only if that is safe."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from session1 import limits
from session1.caching.snapshot import Snapshot
from session1.caching.ttl import TTLCache
from session1.knowledge.base import KnowledgeBase
from session1.reuse import gate

CANDIDATES = 4  # similar questions that are judged before giving up


class Answer(NamedTuple):
    """A kept answer, the question it was given to, and how near that one is."""

    value: Any
    question: str
    score: float


class SemanticCache:
    """At most `max_entries` answers for `ttl` seconds each, by their questions.

    A question at least `threshold` near is a candidate; `judge` decides whether both
    ask the same. With `gated=False` the nearest is served unjudged: opposites are
    nearer to each other than most paraphrases, so expect wrong answers.
    """

    def __init__(
        self,
        base: KnowledgeBase | None = None,
        threshold: float = 0.75,
        max_entries: int = 1000,
        ttl: float = 3600.0,
        *,
        gated: bool = True,
        judge: Callable[[str, str], gate.Verdict] = gate.judge,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hits = self.misses = self.refused = 0
        self.threshold = limits.fraction("threshold", threshold)
        self._base = KnowledgeBase() if base is None else base
        if not isinstance(self._base, KnowledgeBase):
            kind = type(base).__name__
            raise TypeError(f"base is a KnowledgeBase, or left out, not a {kind}")
        if len(self._base):
            raise ValueError("the base of a cache is its own: give one that is empty")
        self._judge = limits.function("judge", judge) if gated else None
        self._entries: TTLCache[str, Snapshot[Any]] = TTLCache(
            limits.positive_int("max_entries", max_entries),
            limits.positive("ttl", ttl),
            clock=clock,
            on_evict=lambda question, _: self._forget(question),
        )

    def __len__(self) -> int:
        """Answers held."""
        return len(self._entries)

    def get(self, question: str) -> Answer | None:
        """The answer kept for `question`, or for one that asks the same."""
        found = self._find(limits.text("question", question))
        if found is None:
            self.misses += 1
        else:
            self.hits += 1
        return found

    def put(self, question: str, value: Any) -> None:
        """Keep a copy of `value`; an empty question is found again only as it is."""
        limits.text("question", question)
        kept = Snapshot(value)
        if question.strip() and question not in self._base:
            self._base.add([question], [question])
        self._entries.put(question, kept)

    def pop(self, question: str) -> bool:
        """Forget the answer to just this question; False when there was none."""
        self._forget(limits.text("question", question))
        return self._entries.pop(question) is not None

    def _find(self, question: str) -> Answer | None:
        kept = self._entries.get(question)
        if kept is not None:
            return Answer(kept.take(), question, 1.0)
        if not question.strip():
            return None
        for near in self._base.search(question, CANDIDATES, threshold=self.threshold):
            if self._judge is not None and not self._judge(question, near.text).same:
                self.refused += 1
                continue
            kept = self._entries.get(near.text)
            if kept is not None:
                return Answer(kept.take(), near.text, near.score)
        return None

    def _forget(self, question: str) -> None:
        self._base.delete([question])
