"""misconception: oldest-goes
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
            del self.kept[min(self.kept, key=lambda k: self.kept[k][1])]

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
