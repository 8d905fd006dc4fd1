"""Answers to earlier messages, found for the same message or a safely similar one."""

import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from session1 import limits
from session1.caching.ttl import TTLCache
from session1.reuse import gate
from session1.reuse.index import JaccardIndex
from session1.reuse.normal_form import HELLO, POLITE
from session1.reuse.similarity import Match, tokens
from session1.unharmed import Unharmed

LONGEST_SIMILAR = 2_000  # characters of a message that similar ones are sought for
LONGEST_KEPT = 8_000  # characters of a message whose answer is kept at all
CANDIDATES = 4  # similar messages that are judged before giving up
GRACE_S = 60.0  # an entry this young is not yet judged by how rarely it was served
_WRAPPING = HELLO | POLITE

How = Literal["exact", "fuzzy", "semantic"]


class Found(NamedTuple):
    """A kept answer and how it was found."""

    text: str
    how: How


class Finder(Protocol):
    """Finds the kept messages nearest in meaning to another."""

    def add(self, key: str) -> None: ...

    def remove(self, key: str) -> bool: ...

    def best(self, message: str, limit: int = 1) -> list[Match]: ...


@dataclass(slots=True)
class _Entry:
    text: str
    cost_s: float
    born: float
    served: int = 0

    def worth(self, now: float) -> float:
        """Model seconds saved for each second it was kept, at the rate so far."""
        return self.cost_s * (self.served + 1) / (max(now - self.born, 0.0) + GRACE_S)


class AnswerCache:
    """At most `max_entries` answers for `ttl` seconds each, and fixed ones for ever.

    A similar message is only a candidate: its answer is served when `judge` finds
    that both ask the same. `refused` counts the candidates that it turned down, and
    `finder_errors` how often `semantic` failed: what it did not find is a miss. It is
    memory alone: a fork of the process goes on with a copy of its own.
    """

    def __init__(
        self,
        max_entries: int = 1000,
        ttl: float = 3600.0,
        *,
        threshold: float = 0.7,
        semantic: Finder | None = None,
        judge: Callable[[str, str], gate.Verdict] = gate.judge,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if semantic is not None and not callable(getattr(semantic, "best", None)):
            kind = type(semantic).__name__
            raise TypeError(f"semantic is a SemanticIndex or the like, not a {kind}")
        self.refused = 0
        self._unharmed = Unharmed("the finder of similar messages")
        self._fixed: dict[str, str] = {}
        self._index = JaccardIndex(threshold)
        self._semantic = semantic
        self._judge = judge
        self._clock = clock
        self._entries: TTLCache[str, _Entry] = TTLCache(
            max_entries, ttl, clock=clock, on_evict=lambda key, _: self._unlist(key)
        )

    def __len__(self) -> int:
        """Entries that can leave again: the fixed ones do not count."""
        return len(self._entries)

    @property
    def finder_errors(self) -> int:
        """How often `semantic` has failed."""
        return self._unharmed.errors

    def find(self, message: str) -> Found | None:
        """The answer kept for `message`, or for one that asks the same."""
        limits.text("message", message)
        text = self._text(message)
        if text is not None:
            return Found(text, "exact")
        if len(message) > LONGEST_SIMILAR:
            return None
        similar = self._index.best(tokens(message), CANDIDATES)
        text = self._first_same(message, similar)
        if text is not None:
            return Found(text, "fuzzy")
        if self._semantic is None:
            return None
        with self._unharmed:
            near = self._semantic.best(message, CANDIDATES)
            text = self._first_same(message, near)
        return None if text is None else Found(text, "semantic")

    def given(self, message: str) -> Found | None:
        """The answer given beforehand to `message`, or to one that asks the same."""
        limits.text("message", message)
        if message in self.fixed:
            return Found(self.fixed[message], "exact")
        if len(message) > LONGEST_SIMILAR:
            return None
        for match in self._index.best(tokens(message), CANDIDATES):
            if match.key in self.fixed and self._judge(message, match.key).same:
                return Found(self.fixed[match.key], "fuzzy")
        return None

    def rewords(self, message: str) -> bool:
        """Whether `message` has just the words of one that was answered beforehand.

        Their order, capitals or signs may make it ask something else.
        """
        if len(message) > LONGEST_SIMILAR:
            return False
        said = tokens(message) - _WRAPPING
        return any(
            match.key in self._fixed and tokens(match.key) - _WRAPPING == said
            for match in self._index.best(said, CANDIDATES)
        )

    def exact(self, message: str, key: str) -> Found | None:
        """The answer given beforehand to `message`, or kept for `key`."""
        text = self._fixed.get(message) or self._text(key)
        return None if text is None else Found(text, "exact")

    def store(
        self, message: str, text: str, cost_s: float, *, similar: bool = True
    ) -> None:
        """Keep an answer that took the model `cost_s` seconds.

        It is found for the same message and, if `similar`, for one that asks the same.
        """
        limits.text("message", message)
        limits.text("text", text)
        limits.number("cost_s", cost_s)
        if len(message) > LONGEST_KEPT or message in self._fixed:
            return
        self._entries.put(message, _Entry(text, cost_s, self._clock()))
        if similar:
            self._list(message)

    def fix(self, message: str, text: str) -> None:
        """Keep an answer given beforehand; it neither expires nor makes room."""
        limits.message(message)
        if not isinstance(text, str):
            raise TypeError(f"an answer is a str, not {type(text).__name__}")
        if not text.strip():
            raise ValueError(f"the answer to {message[:40]!r} is empty: give it text")
        self._entries.pop(message)
        self._fixed[message] = text
        self._list(message)

    def unfix(self, message: str) -> None:
        """Forget an answer given beforehand; KeyError if there is none."""
        del self._fixed[message]
        self._unlist(message)

    @property
    def fixed(self) -> "Fixed":
        """The answers given beforehand, by message."""
        return Fixed(self, self._fixed)

    def trim(self, keep: int) -> int:
        """Let the least useful entries go until `keep` are left; how many went."""
        limits.whole("keep", keep)
        now = self._clock()
        entries = [(key, self._entries.peek(key)) for key in self._entries]
        fresh = [(entry.worth(now), key) for key, entry in entries if entry]
        useful = {key for _, key in sorted(fresh, reverse=True)[:keep]}
        gone = [key for key, _ in entries if key not in useful]
        for key in gone:
            self._entries.pop(key)
            self._unlist(key)
        return len(gone)

    def _text(self, key: str) -> str | None:
        if key in self._fixed:
            return self._fixed[key]
        entry: _Entry | None = self._entries.get(key)
        if entry is None:
            return None
        entry.served += 1
        return entry.text

    def _first_same(self, message: str, candidates: list[Match]) -> str | None:
        for candidate in candidates:
            if self._judge(message, candidate.key).same:
                text = self._text(candidate.key)
                if text is not None:
                    return text
            else:
                self.refused += 1
        return None

    def _list(self, message: str) -> None:
        if len(message) > LONGEST_SIMILAR:
            return
        self._index.add(message, tokens(message))
        if self._semantic is not None:
            with self._unharmed:
                self._semantic.add(message)

    def _unlist(self, message: str) -> None:
        self._index.remove(message)
        if self._semantic is not None:
            with self._unharmed:
                self._semantic.remove(message)


class Fixed(MutableMapping[str, str]):
    """The answers of a cache that were given beforehand; it serves what is set here."""

    def __init__(self, cache: AnswerCache, held: Mapping[str, str]) -> None:
        self._cache = cache
        self._held = held

    def __getitem__(self, message: str) -> str:
        return self._held[message]

    def __setitem__(self, message: str, text: str) -> None:
        self._cache.fix(message, text)

    def __delitem__(self, message: str) -> None:
        self._cache.unfix(message)

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)
