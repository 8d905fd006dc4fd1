"""misconception: all-may-try
fails: after the rest one call may try
"""


class Breaker:
    def __init__(self, failures, rest, clock):
        self.failures, self.rest, self.clock = failures, rest, clock
        self.count, self.since, self.trying = 0, None, False

    def allows(self):
        if self.since is None:
            return True
        if self.clock() - self.since < self.rest:
            return False
        self.trying = True
        self.since = self.clock()
        return True

    def succeeded(self):
        self.count, self.since, self.trying = 0, None, False

    def failed(self):
        self.count += 1
        if self.trying or (self.since is None and self.count >= self.failures):
            self.since, self.trying = self.clock(), False
