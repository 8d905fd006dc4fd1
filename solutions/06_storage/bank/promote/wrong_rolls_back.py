"""misconception: hot-is-stored
fails: written to warm first
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
        if record is None or self.clock() - used >= self.ttl:
            record = self.warm.get(id)
        if record is not None:
            self._use(id, record)
        return record
    def put(self, id, record):
        old = self.hot.get(id)
        self._use(id, record)
        try:
            self.warm.put(id, record)
        except Exception:
            if old: self.hot[id] = old
            else: self.hot.pop(id, None)
            raise
