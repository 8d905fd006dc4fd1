"""misconception: off-by-one
fails: a few failures in a row open it
"""


class Breaker:
    """Lets calls through until some fail in a row, and one again after a rest."""

    def __init__(self, failures, rest, clock):
        self.failures, self.rest, self.clock = failures, rest, clock
        self.count = 1  # failures in a row
        self.opened = None  # when it opened
        self.trying = False

    def allows(self):
        """Whether a call may be made now."""
        if self.opened is None:
            return True
        if self.trying or self.clock() < self.opened + self.rest:
            return False
        self.trying = True
        return True

    def succeeded(self):
        """A call went well."""
        self.count, self.opened, self.trying = 0, None, False

    def failed(self):
        """A call failed."""
        if self.opened is None:
            self.count += 1
            if self.count >= self.failures:
                self.opened = self.clock()
        elif self.trying:
            self.opened, self.trying = self.clock(), False
