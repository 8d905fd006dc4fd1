"""Three memories on real talks: the naive one, the learner's and the reference."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from session1.demo.memory import LABELS, LIMIT, summary
from session1.demo.replay import MEMORIES, MODEL, Make, long_talks, replay
from session1.replay import MB

# the rows of the demo that come out the same on every machine
STEADY = (
    "reported_bytes_max",
    "important_kept",
    "important_shown",
    "latest_kept",
    "latest_kept_worst",
    "over_budget",
    "in_order",
)


def rows(make: Make, talks: int = 2) -> dict[str, Any]:
    """The demo's figures of a memory over its longest talks."""
    return summary([replay(make, talk) for talk in long_talks(talks)])


def three_memories(agent: Callable[..., Any], own: SimpleNamespace) -> None:
    """Print the demo's table for the naive memory, yours and the reference."""

    def yours(clock: Callable[[], datetime], limit_mb: float, _: int) -> Any:
        return agent(MODEL, round(limit_mb * MB), own, clock)

    makers: dict[str, Make] = {"naive": MEMORIES["naive"], "yours": yours}
    found = {name: rows(make) for name, make in (makers | MEMORIES).items()}
    names = ["naive", "yours", "ours"]
    print(f"{'':40}{'naive':>9}{'yours':>9}{'reference':>11}")
    for key in STEADY:
        print(f"{LABELS[key]:40}" + _cells(key, [found[name][key] for name in names]))
    if found["yours"]["real_bytes_max"] <= LIMIT:
        print("\nYours really held less than its limit.")
    else:
        print(
            "\nYours really held more than its limit: either a place lets too much in,"
        )
        print(
            "or your `Bounded` takes more for a message than `SLOT` counts (see above)."
        )


def _cells(key: str, values: Sequence[float]) -> str:
    texts = [f"{x:,}" if key.endswith("_max") else f"{x:.0%}" for x in values]
    return "".join(
        f"{text:>{width}}" for text, width in zip(texts, (9, 9, 11), strict=True)
    )
