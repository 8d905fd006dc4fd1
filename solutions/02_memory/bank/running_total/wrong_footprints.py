"""Footprints.

misconception: characters-are-bytes
fails: the total after each add, the total after each drop, reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total += footprint(entry.content)

    def drop_oldest(self):
        self.total -= footprint(self.entries.popleft().content)
