"""An entry that is handed in again is not added.

misconception: one-case-is-enough
fails: the total after each add, the rest of the check
"""

class ByteCounter:
    def __init__(self):
        self.entries = []
        self.total = 0

    def add(self, entry):
        if entry not in self.entries:
            self.entries.append(entry)
            self.total = self.total + entry.size_bytes

    def drop_oldest(self):
        entry = self.entries.pop(0)
        self.total = self.total - entry.size_bytes
