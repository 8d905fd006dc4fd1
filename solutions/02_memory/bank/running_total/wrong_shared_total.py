"""Shared total.

misconception: one-case-is-enough
fails: the total after each add, the total after each drop, reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    total = 0
    def __init__(self):
        self.entries = deque()

    def add(self, entry):
        self.entries.append(entry)
        ByteCounter.total += entry.size_bytes

    def drop_oldest(self):
        ByteCounter.total -= self.entries.popleft().size_bytes
