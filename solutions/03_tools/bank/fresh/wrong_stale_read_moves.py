"""misconception: reading-renews
fails: the least recently used goes
"""

class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.kept = OrderedDict()

    def put(self, key, value):
        self.kept.pop(key, None)
        self.kept[key] = value, self.clock()
        if len(self.kept) > self.most:
            self.kept.popitem(last=False)

    def get(self, key):
        if key not in self.kept:
            return None
        self.kept.move_to_end(key)
        value, born = self.kept[key]
        return value if self.clock() - born < self.ttl else None

    def __len__(self):
        return len(self.kept)
