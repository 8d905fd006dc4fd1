"""An agent that remembers a conversation of any length within fixed limits."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from session1.base_agent import MAX_TOKENS, BaseAgent
from session1.limits import fraction, positive, positive_int
from session1.llm.client import LLMClient, Message
from session1.memory.bounded import BoundedMemory, utc_now
from session1.memory.context import pack
from session1.memory.dialogue import Dialogue, Turn
from session1.memory.entry import MemoryEntry, aware, footprint
from session1.memory.importance import score
from session1.named import Named

MB = 1024 * 1024
# Above this share of a limit the scheduled cleanup runs; below it memory is not short.
FULL = 0.9


class Entries(tuple[MemoryEntry, ...]):
    """A copy of the entries, oldest first: changing it changes nothing here."""

    append = Named("the agent's add_to_memory(content, importance_score)")
    extend = Named("the agent's add_to_memory(content, importance_score) for each")
    clear = Named("another agent; this one forgets when its limits are reached")
    maxlen = Named("the agent's memory.max_entries")


class MemoryOptimizedAgent(BaseAgent):
    """Answers through its model, shown the latest turns and the best of the others.

    The prompt is laid out for the model's prompt cache, see `memory.dialogue`; it shows
    up to `max_context_size` characters of the conversation.
    Every `cleanup_interval` messages a nearly full memory is cut to the best
    `keep_fraction`. If a limit is reached in between, it is cleared down to that
    fraction of the limits, entries less important than `importance_threshold` first.
    Of `max_memory_mb` and `max_entries` the one reached first counts: 1,000 chat
    messages take about 0.35 MB. `importance_weight`, `horizon`, `clock` and `size_of`
    are BoundedMemory's.
    Clearing takes one pass, so a `keep_fraction` near 1 makes adding slow when full.
    """

    _get_total_memory_usage = Named("memory.bytes, which is kept up to date")
    _recency_score = Named("memory.best_first(), which ranks by arrival and importance")

    def __init__(
        self,
        name: str,
        llm_client: LLMClient,
        max_memory_mb: float = 10.0,
        *,
        max_entries: int = 1000,
        importance_threshold: float = 0.5,
        cleanup_interval: int = 100,
        keep_fraction: float = 0.7,
        importance_weight: float = 0.7,
        horizon: float | timedelta = 1000,
        max_context_size: int = 2000,
        description: str = "Memory optimized agent",
        system_prompt: str | None = None,
        max_tokens: int = MAX_TOKENS,
        clock: Callable[[], datetime] = utc_now,
        size_of: Callable[[str], int] = footprint,
    ) -> None:
        super().__init__(
            name,
            description,
            llm_client,
            system_prompt=system_prompt,
            max_tokens=max_tokens,
        )
        # as a fraction, since a float times MB may be more than floats hold
        megabytes = Fraction(positive("max_memory_mb", max_memory_mb))
        self.max_memory_bytes = max(1, int(megabytes * MB))
        self.importance_threshold = fraction(
            "importance_threshold", importance_threshold
        )
        self.cleanup_interval = positive_int("cleanup_interval", cleanup_interval)
        self.max_context_size = positive_int("max_context_size", max_context_size)
        self.message_count = 0
        self.memory = BoundedMemory(
            self.max_memory_bytes,
            max_entries,
            keep_fraction=keep_fraction,
            importance_weight=importance_weight,
            horizon=horizon,
            clock=clock,
            size_of=size_of,
            on_full=self._aggressive_cleanup,
        )
        self.dialogue = Dialogue(self.memory, self.max_context_size)
        self._clock = clock

    async def process_message(
        self, message: str, importance: float | None = None
    ) -> str:
        """The model's answer to `message`; both are remembered.

        If the model fails its error is raised and the message stays remembered. Calls
        may overlap: each sees what was remembered when it began.
        """
        prompt = self.prompt(message)
        turn = self.begin_turn(message, importance)
        text = await self.answer(prompt)
        self.end_turn(turn, text)
        return text

    def prompt(self, message: str) -> list[Message]:
        """The system prompt, what is remembered, and `message`, which changes most."""
        return [
            Message("system", self.system),
            *self.dialogue.messages(),
            Message("user", message),
        ]

    def begin_turn(self, message: str, importance: float | None = None) -> Turn:
        """Remember a message; the model is shown from now on that it was sent."""
        self.remember("user", message, importance)
        return self.dialogue.begin(message, self.memory.added - 1)

    def end_turn(self, turn: Turn, answer: str) -> None:
        """Remember the answer to it."""
        try:
            self.remember("assistant", answer)
        except ValueError as e:  # too large or empty, but it is the answer all the same
            self.logger.warning("answer not remembered: %s", e)
            self.dialogue.end(turn, answer, None)
        else:
            self.dialogue.end(turn, answer, self.memory.added - 1)

    def learn(self, turn: Mapping[str, Any]) -> None:
        """Remember a turn of a record: its "message", "response", and "fallback".

        A stand-in is no answer. What memory cannot take is left out.
        """
        try:
            begun = self.begin_turn(turn["message"])
        except ValueError as e:
            self.logger.warning("turn not remembered: %s", e)
            return
        if not turn.get("fallback"):
            self.end_turn(begun, turn["response"])

    def remember(
        self, speaker: str, text: str, importance: float | None = None
    ) -> None:
        """Remember who said what; without `importance` the text is scored."""
        if not isinstance(text, str):
            raise TypeError(f"the message must be a str, got {type(text).__name__}")
        if not text.strip():
            raise ValueError("the message is empty: send some text")
        weight = score(text) if importance is None else importance
        self.add_to_memory(f"{speaker}: {text}", weight)

    def add_to_memory(self, content: str, importance_score: float = 0.5) -> None:
        """Remember `content`; a ValueError or TypeError leaves memory as it was."""
        if (self.message_count + 1) % self.cleanup_interval == 0:
            self.memory.check(content, importance_score)  # an error changes nothing
            self._cleanup_memory()
        self.memory.add(content, importance_score)
        self.message_count += 1

    def get_compressed_context(self, max_context_size: int = 2000) -> str:
        """The best of what is remembered, oldest first, within so many characters."""
        if isinstance(max_context_size, bool) or not isinstance(max_context_size, int):
            raise TypeError("max_context_size must be an int, in characters")
        if max_context_size < 0:
            raise ValueError(
                f"max_context_size must not be negative, got {max_context_size}"
            )
        return pack(self.memory.ranked(), len(self.memory), max_context_size)

    @property
    def memory_entries(self) -> Entries:
        """The entries, oldest first; `add_to_memory` adds to them."""
        return Entries(self.memory)

    def get_memory_stats(self) -> dict[str, float]:
        """Entries, megabytes, mean importance, percent used, age and span in hours."""
        times = [entry.timestamp for entry in self.memory]
        oldest, newest = (min(times), max(times)) if times else (None, None)
        hours = timedelta(hours=1)
        return {
            "total_entries": len(times),
            "total_memory_mb": self.memory.bytes / MB,
            "avg_importance_score": self.memory.average_importance,
            "memory_utilization_pct": 100 * self.memory.bytes / self.max_memory_bytes,
            "oldest_entry_age_hours": (
                (aware(self._clock()) - oldest) / hours if oldest else 0.0
            ),
            "memory_span_hours": (newest - oldest) / hours
            if oldest and newest
            else 0.0,
        }

    def _cleanup_memory(self) -> None:
        if self.memory.utilization > FULL:
            gone = self.memory.cleanup()
            self.logger.info("cleanup: %d gone, %d kept", gone, len(self.memory))

    def _aggressive_cleanup(self, size: int = 0) -> None:
        gone = self.memory.evict(
            size, self.memory.keep_fraction, self.importance_threshold
        )
        self.logger.info("memory full: %d gone, %d kept", gone, len(self.memory))
