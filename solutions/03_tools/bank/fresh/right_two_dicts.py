class Fresh:
    def __init__(self, most, ttl, clock):
        self.most, self.ttl, self.clock = most, ttl, clock
        self.values, self.until, self.used, self.count = {}, {}, {}, 0

    def _touch(self, key):
        self.count += 1
        self.used[key] = self.count

    def _drop(self, key):
        for table in (self.values, self.until, self.used):
            table.pop(key, None)

    def put(self, key, value):
        for old in [k for k, end in self.until.items() if end <= self.clock()]:
            self._drop(old)
        if key not in self.values and len(self.values) >= self.most:
            self._drop(min(self.used, key=self.used.get))
        self.values[key], self.until[key] = value, self.clock() + self.ttl
        self._touch(key)

    def get(self, key):
        if key in self.until and self.clock() >= self.until[key]:
            self._drop(key)
        if key in self.values:
            self._touch(key)
        return self.values.get(key)

    def __len__(self):
        return len(self.values)
