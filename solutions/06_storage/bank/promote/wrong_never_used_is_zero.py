"""misconception: none-is-zero
fails: every record and None for none, what was got is in the hot tier, who was used least lately goes, unused for `ttl` seconds: read again from warm, written to warm first, reads of warm on a trace
"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot = {}

    def hot_ids(self):
        return list(self.hot)

    def _use(self, id, record):
        self.hot.pop(id, None)
        self.hot[id] = (record, self.clock())
        while len(self.hot) > self.size:
            del self.hot[next(iter(self.hot))]

    def get(self, id):
        record, used = self.hot.get(id, (None, 0))
        if self.clock() - used >= self.ttl:
            record = self.warm.get(id)
            if record is None:
                self.hot.pop(id, None)
        if record is not None:
            self._use(id, record)
        return record

    def put(self, id, record):
        self.warm.put(id, record)
        self._use(id, record)
