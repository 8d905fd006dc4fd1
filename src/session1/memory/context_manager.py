"""A context window with priorities: what matters stays, the rest is summarized."""

import warnings
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from sortedcontainers import SortedList

from session1.limits import fraction, positive_int
from session1.llm.client import LLMClient, Message, Reply, a_client
from session1.llm.errors import LLMError
from session1.memory.entry import check

PINNED = 1.0  # importance of what is never dropped
SUMMARY = "Left out, in short:"
MODEL_CONTEXT = 2048  # tokens of a model that does not say
MARGIN = 64  # tokens that a model needs around a prompt, and rounding
ASK = "Summarize these notes in one short paragraph. Keep names, numbers and decisions."


class Piece(NamedTuple):
    """One text of the context; sorts by importance, then by age."""

    importance: float
    position: int  # in the order of arrival
    tokens: int
    text: str


class ContextManager:
    """Holds texts for a model's window of `max_tokens`.

    Above `compression_threshold` of the window the least important texts leave it,
    the oldest first among equals. Texts of importance 1.0 never leave: if they alone
    would not fit, adding one is an error. With `llm_client`, and summarization not
    off, what left waits for `compress()`, as much as the threshold; else it is dropped.
    `model_context` is how many tokens that client reads and writes in one call: by
    default its own `context`, or 2048 if it does not say.
    """

    def __init__(
        self,
        max_tokens: int = 4000,
        compression_threshold: float = 0.8,
        enable_summarization: bool | None = None,
        *,
        llm_client: LLMClient | None = None,
        model_context: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
    ) -> None:
        self.max_tokens = positive_int("max_tokens", max_tokens)
        self.compression_threshold = fraction(
            "compression_threshold", compression_threshold
        )
        if llm_client is not None:
            a_client("llm_client", llm_client)
        if enable_summarization and llm_client is None:
            warnings.warn(
                "there is no model to summarize with, so what leaves the window is "
                "dropped: pass llm_client=..., or leave enable_summarization out",
                stacklevel=2,
            )
        self.llm_client = None if enable_summarization is False else llm_client
        if model_context is None:
            model_context = getattr(llm_client, "context", MODEL_CONTEXT)
        self.model_context = positive_int("model_context", model_context)
        self.summary = ""
        self.tokens = 0  # of the window, line breaks included
        self.dropped = 0
        self._count = count_tokens or (
            llm_client.count_tokens if llm_client else about_tokens
        )
        self._window: SortedList = SortedList()  # of Piece, the least important first
        self._waiting: deque[Piece] = deque()  # left the window, not summarized yet
        self._waiting_tokens = 0
        self._added = 0

    def add_context(self, text: str, importance: float = 0.5) -> None:
        """Add `text`; ValueError, changing nothing, if what must stay would not fit."""
        check(text, importance)
        if importance == PINNED:
            self._refuse_overflow(text)
        piece = Piece(importance, self._added, self._count(text + "\n"), text)
        self._added += 1
        if importance < PINNED and piece.tokens > self._limit:
            self._leave(piece)  # it would push out everything and still not fit
            return
        self._window.add(piece)
        self.tokens += piece.tokens
        self._shrink()

    async def compress(self, max_summary_tokens: int = 128) -> str:
        """Have the model fold what left the window into the summary; the summary.

        More than it can read at once takes several calls, each about what the one
        before it made of it.
        If the model fails or says nothing, an LLMError is raised and nothing is lost.
        Of a summary that was cut off, the whole sentences are kept.
        Of calls that overlap the first answer counts.
        """
        if self.llm_client is None or not self._waiting:
            return self.summary
        # next to the notes: the request, the summary so far, and the one to come
        known = max(self._count(self.summary), max_summary_tokens)
        taken = self._count(ASK) + known + max_summary_tokens + MARGIN
        room = self.model_context - taken
        if room < max_summary_tokens:
            raise ValueError(
                f"a summary of {max_summary_tokens} tokens leaves no room for notes in "
                f"the model's {self.model_context}: give a smaller max_summary_tokens"
            )
        before, told = self.summary, set(self._waiting)
        summary = before
        for notes in portions([p.text for p in self._waiting], room, self._count):
            asked = "\n".join(filter(None, [ASK, summary, notes]))
            reply = await self.llm_client.generate(
                [Message("user", asked)], max_tokens=max_summary_tokens
            )
            if self.summary != before:
                return self.summary
            summary = _summary(reply)
        self.summary = summary
        while self._waiting and self._waiting[0] in told:  # not what came meanwhile
            self._take_waiting()
        return self.summary

    def get_context_summary(self) -> str:
        """The window as text in order of arrival, at most `max_tokens` tokens.

        The summary of what left comes first, cut to the room there is.
        """
        shown = list(self._window)
        while self._count(text := in_order(shown)) > self.max_tokens:
            del shown[0]  # tokens of a whole can be more than those of its parts
        return self._with_summary(text)

    @property
    def waiting(self) -> int:
        """How many texts wait to be summarized."""
        return len(self._waiting)

    def __len__(self) -> int:
        """How many texts are in the window."""
        return len(self._window)

    @property
    def _limit(self) -> float:
        return self.max_tokens * self.compression_threshold

    def _refuse_overflow(self, text: str) -> None:
        pinned = [piece for piece in self._window if piece.importance == PINNED]
        needed = self._count("\n".join([in_order(pinned), text]) if pinned else text)
        if needed > self.max_tokens:
            raise ValueError(
                f"texts of importance 1.0 would take {needed:,} of {self.max_tokens:,} "
                "tokens: give this one less importance or raise max_tokens"
            )

    def _shrink(self) -> None:
        """Let the least important leave until the window is under the threshold."""
        while self.tokens > self._limit and self._window[0].importance < PINNED:
            piece = self._window.pop(0)
            self.tokens -= piece.tokens
            self._leave(piece)

    def _leave(self, piece: Piece) -> None:
        self._waiting.append(piece)
        self._waiting_tokens += piece.tokens
        room = self._limit if self.llm_client else 0
        while self._waiting and self._waiting_tokens > room:
            self._take_waiting()
            self.dropped += 1

    def _take_waiting(self) -> None:
        self._waiting_tokens -= self._waiting.popleft().tokens

    def _with_summary(self, text: str) -> str:
        """`text` after as many words of the summary as fit before it."""
        words = self.summary.split()

        def join(n: int) -> str:
            return "\n".join(filter(None, [" ".join([SUMMARY, *words[:n]]), text]))

        fitting = bisect_right(
            range(len(words) + 1), self.max_tokens, key=lambda n: self._count(join(n))
        )
        return join(fitting - 1) if fitting > 1 else text


def portions(
    texts: Iterable[str], most: int, count: Callable[[str], int]
) -> Iterator[str]:
    """All of `texts`, in portions of at most `most` tokens; a longer one is split."""
    portion: list[str] = []
    held = 0
    for text in texts:
        for part in _parts(text, most, count):
            tokens = count(part + "\n")
            if portion and held + tokens > most:
                yield "\n".join(portion)
                portion, held = [], 0
            portion.append(part)
            held += tokens
    if portion:
        yield "\n".join(portion)


def _parts(text: str, most: int, count: Callable[[str], int]) -> Iterator[str]:
    """`text` in halves of halves that are short enough, cut between words if it can."""
    if len(text) < 2 or count(text + "\n") <= most:
        yield text
        return
    half = len(text) // 2
    middle = text.rfind(" ", 0, half) + 1 or half
    yield from _parts(text[:middle], most, count)
    yield from _parts(text[middle:], most, count)


def _summary(reply: Reply) -> str:
    """The model's text, as far as its sentences are whole."""
    text = reply.text.strip()
    if not text:
        raise LLMError("the model gave no summary: try again or use another model")
    if reply.finish != "stop":
        text = text[: 1 + max(text.rfind(end) for end in ".!?。！？")]
        if not text:
            raise LLMError(
                "the summary was cut off within its first sentence: raise "
                "max_summary_tokens"
            )
    return text


def in_order(pieces: list[Piece]) -> str:
    """The texts of `pieces`, first come first."""
    return "\n".join(p.text for p in sorted(pieces, key=attrgetter("position")))


def about_tokens(text: str) -> int:
    """Tokens in `text`, guessed at four bytes each; a model's own count is better."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)
