"""the least use found by a count of uses"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot, self.uses = {}, 0

    def hot_ids(self):
        return set(self.hot)

    def _fresh(self, id):
        return id in self.hot and self.clock() - self.hot[id]["at"] < self.ttl

    def get(self, id):
        if self._fresh(id):
            record = self.hot[id]["record"]
        else:
            self.hot.pop(id, None)
            record = self.warm.get(id)
            if record is None:
                return None
        self._keep(id, record)
        return record

    def put(self, id, record):
        self.warm.put(id, record)
        self._keep(id, record)

    def _keep(self, id, record):
        self.uses += 1
        self.hot[id] = {"record": record, "at": self.clock(), "use": self.uses}
        while len(self.hot) > self.size:
            del self.hot[min(self.hot, key=lambda i: self.hot[i]["use"])]
