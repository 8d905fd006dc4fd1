"""misconception: text-is-identity
fails: every record and None for none
"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot = {}

    def hot_ids(self):
        return list(self.hot)

    def _use(self, id, record):
        self.hot.pop(str(id), None)
        self.hot[str(id)] = (record, self.clock())
        while len(self.hot) > self.size:
            del self.hot[next(iter(self.hot))]

    def get(self, id):
        if str(id) in self.hot:
            record, used = self.hot[str(id)]
            if self.clock() - used < self.ttl:
                self._use(id, record)
                return record
        record = self.warm.get(id)
        if record is None:
            self.hot.pop(str(id), None)
            return None
        self._use(id, record)
        return record

    def put(self, id, record):
        self.warm.put(id, record)
        self._use(id, record)
