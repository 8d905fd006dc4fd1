"""A circuit breaker: after failures in a row, leave what fails alone for a while."""

import time
from collections.abc import Callable
from typing import Literal

from session1.limits import positive, positive_int

State = Literal["closed", "open", "half-open"]


class CircuitBreaker:
    """Closed it lets all calls pass, open none, half-open one, as a probe.

    `failures` in a row open it. `rest` seconds later it is half-open: if the probe
    succeeds it closes, if it fails it opens for another rest. What a call that began
    before the last change comes to is not counted. A clock that is set back ends the
    rest at once, so that no call waits for longer than that.
    """

    def __init__(
        self,
        failures: int = 3,
        rest: float = 30.0,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.failures = positive_int("failures", failures)
        self.rest = positive("rest", rest)
        self.opened = 0  # times
        self._clock = clock
        self._failed = 0  # in a row
        self._since: float | None = None  # when it opened; None while closed
        self._era = 0  # changes so far
        self._probing = False

    @property
    def state(self) -> State:
        """The current state."""
        if self._since is None:
            return "closed"
        return "open" if self.seconds_left > 0 else "half-open"

    @property
    def seconds_left(self) -> float:
        """How long it stays open; 0 when it does not."""
        if self._since is None:
            return 0.0
        gone = self._clock() - self._since
        return self.rest - gone if 0 <= gone < self.rest else 0.0

    def enter(self) -> int | None:
        """A permit for one call, to be returned; None if the call must not be made."""
        if self.state == "open" or (self.state == "half-open" and self._probing):
            return None
        self._probing = self.state == "half-open"
        return self._era

    def succeeded(self, permit: int) -> None:
        """Note that the call with that permit succeeded."""
        if permit == self._era:
            self._failed = 0
            if self._since is not None:
                self._change(None)

    def failed(self, permit: int) -> None:
        """Note that the call with that permit failed."""
        if permit != self._era:
            return
        self._failed += 1
        if self._since is not None or self._failed >= self.failures:
            self.opened += 1
            self._change(self._clock())

    def left(self, permit: int) -> None:
        """Note that the call with that permit was given up; it counts neither way."""
        if permit == self._era:
            self._probing = False

    def _change(self, since: float | None) -> None:
        self._since = since
        self._failed = 0
        self._probing = False
        self._era += 1
