"""misconception: empty-is-missing
fails: every record and None for none, reads of warm on a trace, unused for `ttl` seconds: read again from warm, who was used least lately goes, written to warm first
"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot = {}

    def hot_ids(self):
        return list(self.hot)

    def get(self, id):
        now = self.clock()
        for k in list(self.hot):
            if now - self.hot[k][1] >= self.ttl:
                del self.hot[k]
        if id in self.hot:
            return self.hot[id][0]
        record = self.warm.get(id)
        self.put(id, record)
        return record

    def put(self, id, record):
        self.warm.put(id, record)
        self.hot[id] = record, self.clock()
        while len(self.hot) > self.size:
            del self.hot[min(self.hot, key=lambda k: self.hot[k][1])]
