"""misconception: empty-is-missing
fails: every record and None for none, who was used least lately goes
"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot = {}

    def hot_ids(self):
        return list(self.hot)

    def get(self, id):
        if id in self.hot and self.clock() - self.hot[id][1] < self.ttl:
            record = self.hot[id][0]
        else:
            record = self.warm.get(id)
        self._use(id, record)
        return record

    def put(self, id, record):
        self.warm.put(id, record)  # warm first
        self._use(id, record)

    def _use(self, id, record):
        self.hot.pop(id, None)
        self.hot[id] = record, self.clock()
        if len(self.hot) > self.size:
            del self.hot[next(iter(self.hot))]
