"""What came minus what went is the total too."""

class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.came = self.went = 0

    @property
    def total(self):
        return self.came - self.went

    def add(self, entry):
        self.came += entry.size_bytes
        self.entries.append(entry)

    def drop_oldest(self):
        self.went += self.entries.popleft().size_bytes
