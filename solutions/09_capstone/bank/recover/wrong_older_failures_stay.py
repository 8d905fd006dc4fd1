"""misconception: late-failures-count
fails: failures of older calls do not lengthen the rest
"""


class Breaker:
    def __init__(self, failures, rest, clock):
        self.failures, self.rest, self.clock = failures, rest, clock
        self.count, self.since, self.trying = 0, None, False

    def allows(self):
        if self.since is None:
            return True
        if self.trying or self.clock() - self.since < self.rest:
            return False
        self.trying = True
        return True

    def succeeded(self):
        self.count, self.since, self.trying = max(0, self.count - self.failures), None, False

    def failed(self):
        self.count += 1
        if self.trying or (self.since is None and self.count >= self.failures):
            self.since, self.trying = self.clock(), False
