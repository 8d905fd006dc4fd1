"""Recursion, match and a property."""

import statistics
from datetime import datetime
MB = 2**20
SLOT = 340

def worth(importance, turn):
    return 0.7 * importance + 0.3 * turn / 10_000

def _hours(delta):
    return delta.total_seconds() / 3600

class MemoryAgent:
    def __init__(self, llm, limit_bytes, parts, clock=utc_now, max_context_size=600):
        self.llm, self.limit_bytes, self.parts, self.clock = llm, limit_bytes, parts, clock
        self.max_context_size = max_context_size
        self.room = limit_bytes // 10
        self.latest = parts.ByteCounter()
        self.kept = parts.Bounded(limit_bytes - self.room, worth, lambda entry: entry.size_bytes)

    @property
    def memory_entries(self):
        return [*self.kept.contents(), *self.latest.entries]

    @property
    def used(self):
        return self.kept.bytes + self.latest.total

    def _cleanup_memory(self, size):
        if self.latest.total + size <= self.room:
            return
        first = next(iter(self.latest.entries))
        self.latest.drop_oldest()
        self.kept.add(first, first.importance_score)
        self._cleanup_memory(size)

    def add_to_memory(self, content, importance_score=0.5):
        entry = MemoryEntry(content, self.clock(), importance_score, footprint(content) + SLOT)
        if entry.size_bytes > self.room:
            raise ValueError(content)
        self._cleanup_memory(entry.size_bytes)
        self.latest.add(entry)

    def get_compressed_context(self, max_context_size=2000):
        match self.memory_entries:
            case []:
                return ""
            case entries:
                order = {id(e): n for n, e in enumerate(reversed(list(self.parts.rank(entries))))}
                worths = (1.0 if e.importance_score >= 1 else order[id(e)] / len(order) for e in entries)
                items = [(e.content, x, len(e.content) + 1) for e, x in zip(entries, worths)]
                lines = [t for t, *_ in self.parts.keep(items, max_context_size + 1)]
                text, left = "\n".join(lines), len(items) - len(lines)
                note = f"[left out: {left}]"
                whole = "\n".join([*lines, note])
                return whole if left and len(whole) <= max_context_size else text

    def get_memory_stats(self):
        es, now = self.memory_entries, self.clock()
        stamps = sorted(e.timestamp for e in es)
        return dict(
            total_entries=len(es),
            total_memory_mb=self.used / MB,
            avg_importance_score=statistics.fmean(e.importance_score for e in es) if es else 0,
            memory_utilization_pct=self.used / self.limit_bytes * 100,
            oldest_entry_age_hours=_hours(now - stamps[0]) if es else 0,
            memory_span_hours=_hours(stamps[-1] - stamps[0]) if es else 0,
        )

    async def process_message(self, message, importance_score=0.5):
        prompt = [Message(role, text) for role, text in (("system", self.get_compressed_context(self.max_context_size)), ("user", message))]
        self.add_to_memory("user: " + message, importance_score)
        answer = (await self.llm.generate(prompt)).text
        self.add_to_memory("assistant: " + answer, 0.5)
        return answer
