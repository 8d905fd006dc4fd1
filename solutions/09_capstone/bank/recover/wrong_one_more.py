"""misconception: off-by-one
fails: a few failures in a row open it, after the rest one call may try, a try that goes well closes it, a try that fails begins another rest, failures of older calls do not lengthen the rest
"""


class Breaker:
    def __init__(self, failures, rest, clock):
        self.failures, self.rest, self.clock = failures, rest, clock
        self.count, self.opened, self.trying = 0, None, False
    def allows(self):
        if self.opened is None: return True
        if self.trying or self.clock() - self.opened < self.rest: return False
        self.trying = True
        return True
    def succeeded(self):
        self.count, self.opened, self.trying = 0, None, False
    def failed(self):
        if self.opened is None:
            self.count += 1
            if self.count > self.failures: self.opened = self.clock()
        elif self.trying:
            self.trying, self.opened = False, self.clock()
