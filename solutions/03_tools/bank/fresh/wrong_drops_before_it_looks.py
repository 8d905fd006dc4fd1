"""misconception: first-in-is-least-used
fails: the least recently used goes

Full, it drops one even for a key that it holds already.
"""


class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.kept = OrderedDict()

    def put(self, key, value):
        if len(self.kept) >= self.most:
            self.kept.popitem(last=False)
        self.kept[key] = value, self.clock()
        self.kept.move_to_end(key)

    def get(self, key):
        value, born = self.kept.get(key, (None, 0))
        if value is None or self.clock() - born >= self.ttl:
            self.kept.pop(key, None)
            return None
        self.kept.move_to_end(key)
        return value

    def __len__(self):
        return len(self.kept)
