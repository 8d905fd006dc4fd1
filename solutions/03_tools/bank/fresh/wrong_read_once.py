"""misconception: reading-renews
fails: served before the ttl and not from it on, reading does not renew, the least recently used goes
"""

class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.kept = OrderedDict()

    def put(self, key, value):
        self.kept.pop(key, None)
        self.kept[key] = (value, self.clock())
        if len(self.kept) > self.most:
            self.kept.popitem(last=False)

    def get(self, key):
        value, born = self.kept.pop(key, (None, 0))
        if value is None or self.clock() - born >= self.ttl:
            return None
        return value

    def __len__(self):
        return len(self.kept)
