"""Peeks.

misconception: forget-the-leaver
fails: the total after each drop, reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total += entry.size_bytes

    def drop_oldest(self):
        self.total -= self.entries[0].size_bytes
