"""misconception: age-from-the-put
fails: unused for `ttl` seconds: read again from warm
"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot = {}

    def hot_ids(self):
        return list(self.hot)

    def get(self, id):
        record, used = self.hot.pop(id, (None, 0))
        if record is None or self.clock() - used >= self.ttl:
            record, used = self.warm.get(id), self.clock()
        if record is not None:
            self._use(id, record, used)
        return record

    def put(self, id, record):
        self.warm.put(id, record)
        self._use(id, record, self.clock())

    def _use(self, id, record, used):
        self.hot.pop(id, None)
        self.hot[id] = record, used
        if len(self.hot) > self.size:
            del self.hot[next(iter(self.hot))]
