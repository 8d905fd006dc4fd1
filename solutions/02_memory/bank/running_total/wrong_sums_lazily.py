"""Sums lazily.

misconception: sum-every-add
fails: reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.known = None

    def add(self, entry):
        self.entries.append(entry)
        self.known = None

    def drop_oldest(self):
        self.entries.popleft()
        self.known = None

    @property
    def total(self):
        if self.known is None:
            self.known = sum(e.size_bytes for e in self.entries)
        return self.known
