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
        if len(self.hot) > self.size:
            del self.hot[next(iter(self.hot))]
    def get(self, id):
        if id in self.hot:
            record, used = self.hot[id]
            if self.clock() - used < self.ttl:
                self._use(id, record)
                return record
        record = self.warm.get(id)
        if record is not None:
            self._use(id, record)
        return record
    def put(self, id, record):
        old = self.hot.pop(id, None)
        try:
            self.warm.put(id, record)
        except BaseException:
            if old:
                self.hot[id] = old
            raise
        self._use(id, record)
