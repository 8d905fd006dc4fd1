"""Shared.

misconception: one-case-is-enough
fails: the total after each drop, reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    entries = deque()
    total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total += entry.size_bytes

    def drop_oldest(self):
        self.total -= self.entries.popleft().size_bytes
