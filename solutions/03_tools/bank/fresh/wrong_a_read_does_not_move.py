"""misconception: first-in-is-least-used
fails: the least recently used goes
"""

class Fresh:
    """At most `most` values, each served for less than `ttl` seconds."""

    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock  # clock() -> seconds
        self.held = OrderedDict()

    def put(self, key, value):
        """Keep `value`; when full, the least recently used entry goes."""
        self.held[key] = (value, self.clock())
        self.held.move_to_end(key)
        if len(self.held) > self.most:
            self.held.popitem(last=False)

    def get(self, key):
        """The value, or None when there is none that is fresh."""
        if key not in self.held:
            return None
        value, born = self.held[key]
        if self.clock() - born >= self.ttl:
            del self.held[key]
            return None
        return value

    def __len__(self):
        """How many entries are held."""
        return len(self.held)
