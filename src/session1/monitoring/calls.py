"""Counts of one function's calls: how they ended, and how long they took."""

from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError
from typing import Any, Literal

from session1.monitoring.histogram import Histogram
from session1.monitoring.series import Series, distribution

Outcome = Literal["success", "error", "timeout", "cancelled"]
OUTCOMES: tuple[Outcome, ...] = ("success", "error", "timeout", "cancelled")


def outcome_of(error: BaseException | None) -> Outcome:
    """Return how a call ended; Ctrl-C or a caller that left is not the call's error.

    That is so for a generator closed before its end, too.
    """
    if error is None:
        return "success"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, CancelledError) or not isinstance(error, Exception):
        return "cancelled"
    return "error"


class Calls:
    """The calls of the function `name`: a series of seconds for each outcome.

    `fail` gets errors and timeouts. Safe to share between threads.
    """

    __slots__ = ("clock", "fail", "name", "outcomes", "succeeded")

    def __init__(
        self,
        name: str,
        make: Callable[[], Series],
        clock: Callable[[], float],
        fail: Callable[[BaseException, dict[str, Any]], None],
    ) -> None:
        self.name = name
        self.clock = clock
        self.fail = fail
        self.outcomes: dict[Outcome, Series] = {how: make() for how in OUTCOMES}
        self.succeeded = self.outcomes["success"].took

    def failed(self, error: BaseException, began: float) -> None:
        """Count a call that raised `error`."""
        how = outcome_of(error)
        self.outcomes[how].took(began)
        self._tell(how, error)

    def ended(self, seconds: float, error: BaseException | None) -> None:
        """Count a call that took `seconds` in all."""
        how = outcome_of(error)
        self.outcomes[how].spent(seconds)
        self._tell(how, error)

    def _tell(self, how: Outcome, error: BaseException | None) -> None:
        if error is not None and how != "cancelled":
            self.fail(error, {"function": self.name})


def figures(some: Iterable[Calls]) -> dict[str, Any]:
    """Counts, rates, throughput and latency of the calls of several functions.

    Rates are shares of the calls that ended by themselves, so cancelled ones are left
    out; they are None when there are none. `throughput` is successes a second over
    the window, None if no time has passed: under little load it says how much was
    asked, not how much could be served. Latency, in seconds, is of all calls.
    """
    calls = list(some)
    counts, latency = dict.fromkeys(OUTCOMES, 0), Histogram()
    for how in OUTCOMES:
        for one in calls:
            before = len(latency)
            one.outcomes[how].add_to(latency)
            counts[how] += len(latency) - before
    speeds = [one.outcomes["success"].rate() for one in calls]
    ended = sum(counts.values()) - counts["cancelled"]
    rates = {f"{how}_rate": counts[how] / ended if ended else None for how in OUTCOMES}
    del rates["cancelled_rate"]
    return {
        "calls": sum(counts.values()),
        "successes": counts["success"],
        "errors": counts["error"],
        "timeouts": counts["timeout"],
        "cancelled": counts["cancelled"],
        **rates,
        "throughput": None if None in speeds else sum(filter(None, speeds)),
        "latency": distribution(latency),
    }
