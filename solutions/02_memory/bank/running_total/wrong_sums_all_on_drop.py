"""Sums all on drop.

misconception: sum-every-add
fails: reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total += entry.size_bytes

    def drop_oldest(self):
        self.entries.popleft()
        self.total = sum(e.size_bytes for e in self.entries)
