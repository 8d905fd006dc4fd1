class Monitor:
    def __init__(self, parts, clock):
        self.parts, self.clock = parts, clock
        self.began = clock()
        self.times = parts.Histogram()
        self.log = []
        self.decorate = parts.tracked(self.record, clock)

    def record(self, name, seconds, ok):
        ended = self.clock() - self.began
        self.log += [[ended, ok]]
        self.times.add(seconds)

    def track(self, func):
        return self.decorate(func)

    def share(self, wanted):
        ends = [ok for _, ok in self.log]
        return ends.count(wanted) / len(ends) if ends else None

    def measurements(self, warm_up=0.0):
        now_ = self.clock() - self.began
        return dict(
            p50=self.times.percentile(50),
            p95=self.times.percentile(95),
            p99=self.times.percentile(99),
            throughput=self.parts.rate(log=self.log, ended=now_, warm_up=warm_up),
            success_rate=self.share(True),
            error_rate=self.share(False),
        )
