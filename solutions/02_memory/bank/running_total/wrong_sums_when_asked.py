"""misconception: sum-every-add
fails: reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    def __init__(self):
        self.entries = deque()

    def add(self, entry):
        self.entries.append(entry)

    def drop_oldest(self):
        self.entries.popleft()

    @property
    def total(self):
        return sum(entry.size_bytes for entry in self.entries)
