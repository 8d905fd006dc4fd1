"""an OrderedDict, room made before"""


class TwoTier:
    def __init__(self, warm, clock, size, ttl):
        self.warm, self.clock, self.size, self.ttl = warm, clock, size, ttl
        self.records, self.times = OrderedDict(), {}

    def hot_ids(self):
        return list(self.records.keys())

    def get(self, id):
        now = self.clock()
        if id in self.records and now < self.times[id] + self.ttl:
            self.records.move_to_end(id)
            self.times[id] = now
            return self.records[id]
        found = self.warm.get(id)
        if found is None:
            self.records.pop(id, None)
            return None
        self._hold(id, found, now)
        return found

    def put(self, id, record):
        self.warm.put(id, record)
        self._hold(id, record, self.clock())

    def _hold(self, id, record, now):
        self.records.pop(id, None)
        while len(self.records) >= self.size:
            gone, _ = self.records.popitem(last=False)
            del self.times[gone]
        self.records[id], self.times[id] = record, now
