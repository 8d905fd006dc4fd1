"""Page `latency`: what tuning the deadline does to itself."""

from collections.abc import Callable, Mapping

from benchmarks.page import Case, Goal, Row
from session1.latency.closed_loop import NaiveTuner, late_share, simulate
from session1.latency.tuner import Tuner

TITLE = "Latency: tuning the deadline"
LAST = 10  # rounds of the simulation that are looked at

GOALS = (
    Goal("late answers", 40, "ours", high=6),
    Goal("late answers", 40, "naive", low=100),
)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """The closed loop."""
    return [late_answers]


def late_answers() -> Row:
    """Real answers that came late in the last rounds of forty, in percent.

    Of 100 requests a round 95 are hits; each rule tunes the deadline it is judged by.
    """
    shares: Mapping[str, list[float]] = {"ours": [], "naive": []}
    for seed in range(20):
        tuner, naive = Tuner(), NaiveTuner()
        ours = simulate(tuner.tune, on_model=tuner.record, seed=seed)
        theirs = simulate(naive.tune, on_response=naive.record, seed=seed)
        shares["ours"].append(100 * late_share(ours[-LAST:]))
        shares["naive"].append(100 * late_share(theirs[-LAST:]))
    mean = {name: sum(values) / len(values) for name, values in shares.items()}
    return Row("late answers", 40, mean["ours"], mean["naive"], unit="%")
