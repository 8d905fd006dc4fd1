"""Choose how long to wait for the model, from how long the model takes."""

from session1.monitoring.histogram import Histogram

FASTER, SLOWER = 0.9, 1.2  # by this the target shrinks or grows at a time
GOOD, POOR = 90.0, 50.0  # percent of model answers within the target
SAFE = 97.0  # percent of model answers that any target has to leave time for


class Tuner:
    """Moves a target between `floor` and `ceiling` seconds, a step at a time.

    It gets the model's latencies only, late answers included: hits of the cache
    are fast whatever the target, and would drive it down until every real answer is
    late. Nor does the target fall below what nearly all of the latest `window` to
    2 * `window` answers took. With fewer than `enough` of them it stays.
    """

    def __init__(
        self,
        floor: float = 0.1,
        ceiling: float = 30.0,
        *,
        window: int = 200,
        enough: int = 50,
    ) -> None:
        if not 0 < floor <= ceiling:
            raise ValueError(f"need 0 < floor <= ceiling, not {floor} and {ceiling}")
        if not 0 < enough <= window:
            raise ValueError(f"need 0 < enough <= window, not {enough} and {window}")
        self.floor = floor
        self.ceiling = ceiling
        self._window = window
        self._enough = enough
        self._earlier = Histogram()
        self._latest = Histogram()

    def record(self, seconds: float) -> None:
        """Count one answer of the model."""
        self._latest.record(seconds)
        if len(self._latest) >= self._window:
            self._earlier, self._latest = self._latest, Histogram()

    def tune(self, target: float) -> float:
        """The target to use from now on."""
        recent = Histogram()
        recent.merge(self._earlier)
        recent.merge(self._latest)
        if len(recent) < self._enough:
            return target
        share = 100 * recent.count_under(target) / len(recent)
        step = FASTER if share > GOOD else SLOWER if share < POOR else 1.0
        lowest = max(self.floor, recent.percentile(SAFE))
        return min(max(target * step, lowest), self.ceiling)
