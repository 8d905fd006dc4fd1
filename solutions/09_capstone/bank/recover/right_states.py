"""three states by name"""


class Breaker:
    def __init__(self, failures, rest, clock):
        self.failures, self.rest, self.clock = failures, rest, clock
        self.state, self.bad, self.until = "closed", 0, 0

    def allows(self):
        if self.state == "open" and self.clock() >= self.until:
            self.state = "half-open"
            return True
        return self.state == "closed"

    def succeeded(self):
        self.state, self.bad = "closed", 0

    def failed(self):
        self.bad += self.state == "closed"
        tripped = self.state == "closed" and self.bad >= self.failures
        if tripped or self.state == "half-open":
            self.state, self.until = "open", self.clock() + self.rest
