"""what is too old is swept out at each call"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.hot = {}

    def hot_ids(self):
        return [i for i in self.hot if self.fresh(i)]

    def fresh(self, id):
        return id in self.hot and self.clock() - self.hot[id][1] < self.ttl

    def sweep(self):
        self.hot = {i: v for i, v in self.hot.items() if self.fresh(i)}

    def get(self, id):
        self.sweep()
        record = self.hot[id][0] if id in self.hot else self.warm.get(id)
        return None if record is None else self.use(id, record)

    def put(self, id, record):
        self.sweep()
        self.warm.put(id, record)
        self.use(id, record)

    def use(self, id, record):
        self.hot.pop(id, None)
        while len(self.hot) >= self.size:
            self.hot.pop(min(self.hot, key=lambda i: list(self.hot).index(i)))
        self.hot[id] = (record, self.clock())
        return record
