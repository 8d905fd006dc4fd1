"""Last entry only.

misconception: sum-every-add
fails: the total after each add, the total after each drop, reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    """Messages in arrival order, and the bytes they take."""

    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total = entry.size_bytes

    def drop_oldest(self):
        entry = self.entries.popleft()
        self.total = entry.size_bytes
