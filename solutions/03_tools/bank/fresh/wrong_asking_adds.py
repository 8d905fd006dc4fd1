"""misconception: ttl-is-a-bound
fails: never more than most, the least recently used goes
"""

from collections import defaultdict
class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.kept = {}

    def put(self, key, value):
        self.kept.pop(key, None)
        self.kept[key] = (value, self.clock())
        while len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]

    def get(self, key):
        value, born = self.kept.setdefault(key, (None, -1e9))
        if self.clock() - born >= self.ttl:
            return None
        self.kept[key] = self.kept.pop(key)
        return value

    def __len__(self):
        return len(self.kept)
