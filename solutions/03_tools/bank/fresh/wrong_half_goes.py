"""misconception: ttl-is-a-bound
fails: never more than most, the least recently used goes
"""

class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.kept = OrderedDict()

    def put(self, key, value):
        self.kept.pop(key, None)
        self.kept[key] = (value, self.clock())
        if len(self.kept) > self.most:
            for _ in range(max(1, self.most // 2)):
                self.kept.popitem(last=False)

    def get(self, key):
        if key not in self.kept:
            return None
        value, born = self.kept[key]
        if self.clock() - born >= self.ttl:
            del self.kept[key]
            return None
        self.kept.move_to_end(key)
        return value

    def __len__(self):
        return len(self.kept)
