"""By text.

misconception: one-case-is-enough
fails: the rest of the check
"""

class ByteCounter:
    def __init__(self):
        self.entries = {}
        self.total = 0

    def add(self, entry):
        self.entries[entry.content] = entry
        self.total += entry.size_bytes

    def drop_oldest(self):
        first = next(iter(self.entries))
        self.total -= self.entries.pop(first).size_bytes
