"""Weighs the text anew instead of asking the entry.

fails: the total after each add, the total after each drop, reads of size_bytes a change at 60 messages
misconception: characters-are-bytes
"""


class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total = self.total + footprint(entry.content)

    def drop_oldest(self):
        entry = self.entries.popleft()
        self.total = self.total - footprint(entry.content)
