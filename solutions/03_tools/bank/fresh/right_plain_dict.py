"""A plain dict keeps its order too: take out and put in again."""

class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock, self.kept = most, ttl, clock, {}

    def put(self, key, value):
        self.kept.pop(key, None)
        self.kept[key] = (value, self.clock() + self.ttl)
        while len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]

    def get(self, key):
        value, dies = self.kept.pop(key, (None, 0))
        if value is None or self.clock() >= dies:
            return None
        self.kept[key] = (value, dies)
        return value

    def __len__(self):
        return len(self.kept)
