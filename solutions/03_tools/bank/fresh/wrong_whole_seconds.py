"""misconception: off-by-one
fails: the least recently used goes
"""


class Fresh:
    """At most `most` values, each served for less than `ttl` seconds."""

    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock  # clock() -> seconds
        self.kept = OrderedDict()

    def put(self, key, value):
        """Keep `value`; when full, the least recently used entry goes."""
        self.kept.pop(key, None)
        self.kept[key] = value, int(self.clock())
        if len(self.kept) > self.most:
            self.kept.popitem(last=False)

    def get(self, key):
        """The value, or None when there is none that is fresh."""
        if key not in self.kept:
            return None
        value, born = self.kept[key]
        if self.clock() - born >= self.ttl:
            del self.kept[key]
            return None
        self.kept.move_to_end(key)
        return value

    def __len__(self):
        """How many entries are held."""
        return len(self.kept)
