"""Reads twice."""

class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        if entry.size_bytes > 0:
            self.entries.append(entry)
            self.total += entry.size_bytes

    def drop_oldest(self):
        self.total -= self.entries.popleft().size_bytes
