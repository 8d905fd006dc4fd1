"""How often something went wrong, and how sure that is."""

import math
from dataclasses import dataclass

Z = 1.959964  # standard deviations that hold 95 %


@dataclass(frozen=True)
class Rate:
    """`wrong` of `of` gradings."""

    wrong: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 when there were none."""
        return self.wrong / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share is with 95 % (Wilson's score interval, 1927)."""
        if not self.of:
            return 0.0, 1.0
        n, square = self.of, Z * Z
        middle = self.share + square / (2 * n)
        spread = self.share * (1 - self.share) / n + square / (4 * n * n)
        half = Z * math.sqrt(spread)
        low, high = ((middle + sign * half) / (1 + square / n) for sign in (-1, 1))
        # at the ends the formula gives them but for rounding
        return (
            0.0 if self.wrong == 0 else low,
            1.0 if self.wrong == self.of else high,
        )

    def __str__(self) -> str:
        if not self.of:
            return "-"
        low, high = (f"{100 * end:.3g}" for end in self.interval)
        return f"{self.wrong} of {self.of} ({low} to {high} %)"
