"""Remember the beginning of the answer.

misconception: silent-loss
fails: both turns are remembered and the question when the model fails
"""

MB = 1024 * 1024
SLOT = 340  # bytes a message takes in `Bounded` beside its footprint


def worth(importance, turn):  # age counts for little: the latest have their own place
    return 0.7 * importance + 0.3 * turn / 10_000


class MemoryAgent:
    """Talks through a model and remembers within `limit_bytes`."""

    def __init__(self, llm, limit_bytes, parts, clock=utc_now, max_context_size=600):
        self.llm, self.limit_bytes = llm, limit_bytes
        self.parts, self.clock = parts, clock
        self.max_context_size = max_context_size
        self.room = limit_bytes // 10  # bytes for the latest messages
        self.latest = parts.ByteCounter()
        rest = limit_bytes - self.room
        self.kept = parts.Bounded(rest, worth, lambda entry: entry.size_bytes)

    @property
    def memory_entries(self):
        """The entries held, in order of time."""
        return [*self.kept.contents(), *self.latest.entries]

    def _cleanup_memory(self, size):
        """Make room for `size` bytes among the latest: the oldest move to `kept`."""
        while self.latest.total + size > self.room:
            oldest = self.latest.entries[0]
            self.latest.drop_oldest()
            self.kept.add(oldest, oldest.importance_score)

    def add_to_memory(self, content, importance_score=0.5):
        """Remember `content`; ValueError if it takes more than `room`."""
        size = footprint(content) + SLOT
        if size > self.room:
            raise ValueError(f"{size} bytes are more than the {self.room} there are")
        self._cleanup_memory(size)
        entry = MemoryEntry(content, self.clock(), importance_score, size)
        self.latest.add(entry)

    def get_compressed_context(self, max_context_size=2000):
        """The best entries within so many characters, in order of time."""
        entries = self.memory_entries
        if not entries:
            return ""
        place = {id(e): i for i, e in enumerate(self.parts.rank(entries))}
        items = []
        for entry in entries:
            best = 0.9 * (1 - place[id(entry)] / len(entries))
            importance = 1.0 if entry.importance_score == 1.0 else best
            items.append((entry.content, importance, len(entry.content) + 1))
        chosen = self.parts.keep(items, max_context_size + 1)
        texts = [text for text, _, _ in chosen]
        if len(texts) < len(entries):
            texts.append(f"[left out: {len(entries) - len(texts)}]")
        return self.parts.pack(texts, max_context_size)

    def get_memory_stats(self):
        """Six figures: entries, megabytes, importance, percent used, age, span."""
        entries = self.memory_entries
        used = self.kept.bytes + self.latest.total
        times = [entry.timestamp for entry in entries] or [self.clock()]
        total = sum(entry.importance_score for entry in entries)
        hour = timedelta(hours=1)
        return {
            "total_entries": len(entries),
            "total_memory_mb": used / MB,
            "avg_importance_score": total / max(1, len(entries)),
            "memory_utilization_pct": 100 * used / self.limit_bytes,
            "oldest_entry_age_hours": (self.clock() - min(times)) / hour,
            "memory_span_hours": (max(times) - min(times)) / hour,
        }

    async def process_message(self, message, importance_score=0.5):
        """The model's answer to `message`; both are remembered."""
        context = self.get_compressed_context(self.max_context_size)
        prompt = [Message("system", f"Conversation so far:\n{context}")]
        prompt.append(Message("user", message))
        self.add_to_memory(f"user: {message}", importance_score)
        reply = await self.llm.generate(prompt)
        self.add_to_memory(f"assistant: {reply.text[:200]}")
        return reply.text
