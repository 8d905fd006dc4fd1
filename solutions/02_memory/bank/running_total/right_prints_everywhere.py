"""Prints everywhere."""

class ByteCounter:
    def __init__(self):
        self.entries = deque()
        self.total = 0

    def add(self, entry):
        print(entry.size_bytes)
        self.entries.append(entry)
        self.total += entry.size_bytes
        print(entry.size_bytes, self.total)

    def drop_oldest(self):
        gone = self.entries.popleft()
        print("gone", gone.size_bytes)
        self.total -= gone.size_bytes
        print(gone.size_bytes)
