"""misconception: a-query-costs-nothing
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
        if id in self.hot:
            record, used = self.hot[id]
            if self.clock() - used < self.ttl:
                self._use(id, record)
                return record
        record = self.warm.get(id)
        if record is None:
            self.hot.pop(id, None)
            return None
        self._use(id, record)
        return record

    def put(self, id, record):
        self.warm.put(id, record)
        self.warm.put(id, record)
        self._use(id, record)
