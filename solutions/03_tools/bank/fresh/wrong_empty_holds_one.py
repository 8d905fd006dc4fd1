"""misconception: off-by-one
fails: never more than most, the least recently used goes
"""


class Fresh:
    """At most `most` values, each served for less than `ttl` seconds."""

    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock  # clock() -> seconds
        self.kept = OrderedDict()

    def put(self, key, value):
        """Keep `value`; when full, the least recently used entry goes."""
        self.kept.pop(key, None)
        self.kept[key] = value, self.clock()
        if len(self.kept) > self.most:
            self.kept.popitem(last=False)

    def get(self, key):
        """The value, or None when there is none that is fresh."""
        value, born = self.kept.get(key, (None, 0))
        if value is None or self.clock() - born >= self.ttl:
            return None
        self.kept.move_to_end(key)
        return value

    def __len__(self):
        """How many entries are held."""
        return max(1, len(self.kept))
