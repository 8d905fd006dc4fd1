"""misconception: newest-goes
fails: never more than `size` in the hot tier, who was used least lately goes, reads of warm on a trace
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
        if record is not None:
            self._use(id, record)
        return record

    def put(self, id, record):
        self.warm.put(id, record)
        self._use(id, record)

    def _use(self, id, record):
        self.hot.pop(id, None)
        if len(self.hot) > self.size:
            self.hot.popitem()
        self.hot[id] = record, self.clock()
