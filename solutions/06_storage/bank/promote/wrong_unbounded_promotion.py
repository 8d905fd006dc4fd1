"""misconception: ttl-is-a-bound
fails: never more than `size` in the hot tier, reads of warm on a trace
"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot = {}

    def hot_ids(self):
        return list(self.hot)

    def get(self, id):
        if id in self.hot:
            record, when = self.hot.pop(id)
            if self.clock() - when < self.ttl:
                self.hot[id] = record, self.clock()
                return record
        record = self.warm.get(id)
        if record is not None:
            self.hot[id] = record, self.clock()
        return record

    def put(self, id, record):
        self.warm.put(id, record)
        self.hot.pop(id, None)
        self.hot[id] = record, self.clock()
        if len(self.hot) > self.size:
            self.hot.pop(next(iter(self.hot)))
