"""Requests with a second try beside them: what a page waits for, and what it costs."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coursekit.core.plain_data import number

CALLS, PAGES = 40, 1000  # reads for a page, all of which it needs; pages
SLOW, SLOW_MS = 0.01, 1000.0
SPREAD = 0.2  # sigma of the logarithm of the others, whose median is 10 ms
WHICH = ("reads", "all")


def draws(seed: int) -> Callable[[], float]:
    """Milliseconds of one call after another: about 10, and one in a hundred 1 s."""
    lot = random.Random(seed)

    def draw() -> float:
        quick = lot.lognormvariate(math.log(10), SPREAD)
        return SLOW_MS if lot.random() < SLOW else quick

    return draw


def percentile(values: list[float], percent: float) -> float:
    """By nearest rank."""
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


@dataclass(frozen=True, slots=True)
class Hedged:
    """What a thousand pages waited, and what that took."""

    p50: float
    p99: float
    extra: float  # calls more, in percent
    twice: int  # writes that were sent twice

    def __str__(self) -> str:
        return (
            f"pages: P50 {self.p50:6.1f} ms, P99 {self.p99:6.1f} ms; "
            f"{self.extra:5.1f} % more calls, {self.twice:3} writes twice"
        )


def played(after_ms: float, which: str = "reads", seed: int = 5) -> Hedged:
    """A second request for each read that takes longer than `after_ms`.

    The first answer of the two counts, and the other call is cancelled. With "all",
    writes get a second request as well.
    """
    draw, pages, extra = draws(seed), list[float](), 0
    for _ in range(PAGES):
        slowest = 0.0
        for _ in range(CALLS):
            takes = draw()
            if takes > after_ms:
                extra += 1
                takes = min(takes, after_ms + draw())
            slowest = max(slowest, takes)
        pages.append(slowest)
    twice = sum(draw() > after_ms for _ in range(PAGES)) if which == "all" else 0
    more = 100 * extra / (CALLS * PAGES)
    return Hedged(percentile(pages, 50), percentile(pages, 99), more, twice)


def calls(count: int = 10_000, seed: int = 5) -> list[float]:
    """Milliseconds of single calls, as a log has them."""
    draw = draws(seed)
    return [draw() for _ in range(count)]


def settings_of(settings: Any) -> tuple[float, str] | None:
    """The delay and the kind of calls of an answer; None if it is none."""
    if not isinstance(settings, Mapping) or set(settings) != {"after_ms", "which"}:
        return None
    after, which = settings["after_ms"], settings["which"]
    after = number(after)
    if after is None or after < 0 or which not in WHICH:
        return None
    return after, which


def look_at(after: float, found: Hedged, most_ms: float, most_extra: float) -> str:
    """Where to look when a delay misses its aims."""
    if found.extra > most_extra and after < 1:
        return f"{after:g} ms is less than any call takes: milliseconds, not seconds"
    if found.extra > most_extra:
        return f"{found.extra:.1f} % of the calls are slower than {after:g} ms: later"
    if found.p99 > most_ms:
        return f"a slow call waits {after:g} ms before it gets help: earlier"
    return ""
