"""misconception: first-in-is-least-used
fails: the least recently used goes
"""

class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.kept = {}

    def put(self, key, value):
        if key not in self.kept and len(self.kept) >= self.most:
            oldest = min(self.kept, key=lambda k: self.kept[k]["used"])
            del self.kept[oldest]
        self.kept[key] = {"value": value, "born": self.clock(), "used": self.clock()}

    def get(self, key):
        entry = self.kept.get(key)
        if entry is None or self.clock() - entry["born"] >= self.ttl:
            return None
        entry["used"] = self.clock()
        return entry["value"]

    def __len__(self):
        return len(self.kept)
