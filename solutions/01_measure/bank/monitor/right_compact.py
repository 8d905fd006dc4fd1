class Monitor:
    def __init__(self, parts, clock):
        self.parts, self.clock = parts, clock
        self.began = clock()
        self.times = parts.Histogram()
        self.log = []

    def record(self, name, seconds, ok):
        self.times.add(seconds)
        self.log.append((self.clock() - self.began, ok))

    def track(self, func):
        return self.parts.tracked(self.record, self.clock)(func)

    def measurements(self, warm_up=0.0):
        good = bad = None
        if self.log:
            good = len([1 for _, ok in self.log if ok]) / len(self.log)
            bad = 1 - good
        ended = self.clock() - self.began
        found = {
            f"p{p}": self.times.percentile(p) for p in (50, 95, 99)
        }
        found["throughput"] = self.parts.rate(self.log, ended, warm_up)
        found["success_rate"], found["error_rate"] = good, bad
        return found
