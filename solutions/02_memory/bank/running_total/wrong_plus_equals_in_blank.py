"""Plus equals in blank.

misconception: sum-every-add
fails: the rest of the check
"""

class ByteCounter:
    """Messages in arrival order, and the bytes they take."""

    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total = self.total += entry.size_bytes

    def drop_oldest(self):
        entry = self.entries.popleft()
        self.total = self.total -= entry.size_bytes
