"""misconception: warm-up-counts
fails: success and error rate
"""

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
        ended = self.clock() - self.began
        good = (lambda l: sum(ok for _, ok in l) / len(l) if l else None)([x for x in self.log if x[0] > warm_up])
        return {"p50": self.times.percentile(50), "p95": self.times.percentile(95), "p99": self.times.percentile(99),
                "throughput": self.parts.rate(self.log, ended, warm_up),
                "success_rate": good, "error_rate": None if good is None else 1 - good}
