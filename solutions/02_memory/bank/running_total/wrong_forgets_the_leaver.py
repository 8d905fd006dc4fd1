"""misconception: forget-the-leaver
fails: the total after each drop, reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total = self.total + entry.size_bytes

    def drop_oldest(self):
        entry = self.entries.popleft()
        self.total = self.total
