"""Pending."""

class ByteCounter:
    def __init__(self):
        self.entries, self.pending, self.known = deque(), [], 0

    def add(self, entry):
        self.entries.append(entry)
        self.pending.append(entry.size_bytes)

    def drop_oldest(self):
        self.pending.append(-self.entries.popleft().size_bytes)

    @property
    def total(self):
        self.known += sum(self.pending)
        self.pending.clear()
        return self.known
