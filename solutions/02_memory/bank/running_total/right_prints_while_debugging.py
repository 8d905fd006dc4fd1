"""Prints while debugging."""

class ByteCounter:
    """Messages in arrival order, and the bytes they take."""

    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total = self.total + entry.size_bytes
        print("added", entry.size_bytes, "now", self.total)

    def drop_oldest(self):
        entry = self.entries.popleft()
        self.total = self.total - entry.size_bytes
