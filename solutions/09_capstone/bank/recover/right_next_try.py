"""the time of the next try says it all"""


class Breaker:
    def __init__(self, failures, rest, clock):
        self.left = self.failures = failures
        self.rest, self.clock = rest, clock
        self.next_try = float("-inf")

    def allows(self):
        if self.left > 0:
            return True
        if self.clock() < self.next_try:
            return False
        self.next_try = float("inf")
        return True

    def succeeded(self):
        self.left = self.failures

    def failed(self):
        if self.left > 0:
            self.left -= 1
            if self.left > 0:
                return
        elif self.next_try != float("inf"):
            return
        self.next_try = self.clock() + self.rest
