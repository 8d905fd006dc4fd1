"""1 and 0, which `if` takes as well"""


class Breaker:
    def __init__(self, failures, rest, clock):
        self.failures, self.rest, self.clock = failures, rest, clock
        self.count, self.until, self.trying = 0, None, False
    def allows(self):
        if self.until is None: return 1
        if self.trying or self.clock() < self.until: return 0
        self.trying = True
        return 1
    def succeeded(self):
        self.count, self.until, self.trying = 0, None, False
    def failed(self):
        if self.until is None:
            self.count += 1
            if self.count >= self.failures: self.until = self.clock() + self.rest
        elif self.trying:
            self.trying, self.until = False, self.clock() + self.rest
