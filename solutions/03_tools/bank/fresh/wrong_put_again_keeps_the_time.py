"""misconception: age-from-the-question
fails: putting again renews value and time, the least recently used goes
"""

class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.kept = OrderedDict()

    def put(self, key, value):
        born = self.kept[key][1] if key in self.kept else self.clock()
        self.kept.pop(key, None)
        self.kept[key] = value, born
        if len(self.kept) > self.most:
            self.kept.popitem(last=False)

    def get(self, key):
        value, born = self.kept.get(key, (None, 0))
        if value is None or self.clock() - born >= self.ttl:
            return None
        self.kept.move_to_end(key)
        return value

    def __len__(self):
        return len(self.kept)
