"""A deque with a `maxlen` drops entries on its own.

misconception: one-case-is-enough
fails: reads of size_bytes a change at 60 messages
"""

class ByteCounter:
    def __init__(self):
        self.entries = deque(maxlen=50)
        self.total = 0

    def add(self, entry):
        self.entries.append(entry)
        self.total = self.total + entry.size_bytes

    def drop_oldest(self):
        entry = self.entries.popleft()
        self.total = self.total - entry.size_bytes
