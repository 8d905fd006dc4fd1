"""misconception: one-case-is-enough
fails: served before the ttl and not from it on, reading does not renew, putting again renews value and time, the least recently used goes
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
        value, born = self.kept[key]
        if self.clock() - born >= 60:
            del self.kept[key]
            return None
        self.kept.move_to_end(key)
        return value

    def __len__(self):
        return len(self.kept)
