"""Count of entries.

misconception: characters-are-bytes
fails: the total after each add, the total after each drop, reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    """Messages in arrival order, and the bytes they take."""

    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total = len(self.entries)

    def drop_oldest(self):
        entry = self.entries.popleft()
        self.total = len(self.entries)
