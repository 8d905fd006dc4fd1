"""Stale entries leave before anything else does."""

class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.kept = OrderedDict()

    def put(self, key, value):
        self.kept.pop(key, None)
        dead = [k for k, (_, born) in self.kept.items() if self.clock() - born >= self.ttl]
        for k in dead:
            del self.kept[k]
        while len(self.kept) >= self.most:
            self.kept.popitem(last=False)
        self.kept[key] = value, self.clock()

    def get(self, key):
        value, born = self.kept.get(key, (None, 0))
        if value is None or self.clock() - born >= self.ttl:
            return None
        self.kept.move_to_end(key)
        return value

    def __len__(self):
        return len(self.kept)
