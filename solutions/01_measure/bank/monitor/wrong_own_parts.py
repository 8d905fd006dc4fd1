"""misconception: parts-make-the-whole
fails: throughput by rate without the warm-up
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
        good = sum(ok for _, ok in self.log) / len(self.log) if self.log else None
        ended = self.clock() - self.began
        return {
            **{f"p{x}": self.times.percentile(x) for x in (50, 95, 99)},
            "throughput": rate(self.log, ended, warm_up),
            "success_rate": good,
            "error_rate": None if good is None else 1 - good,
        }
