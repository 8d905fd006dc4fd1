"""Who waits for whom: the slots of batches and of a window as bars over time."""

import base64
import heapq
from collections.abc import Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.core import style

Bar = tuple[int, float, float]  # slot, begin, seconds


def bars_of_batches(takes: Sequence[float], limit: int) -> list[Bar]:
    """Each batch begins when the last one has wholly ended."""
    found, begin = list[Bar](), 0.0
    for i in range(0, len(takes), limit):
        batch = takes[i : i + limit]
        found += [(slot, begin, seconds) for slot, seconds in enumerate(batch)]
        begin += max(batch)
    return found


def bars_of_window(takes: Sequence[float], limit: int) -> list[Bar]:
    """Each call begins in the slot that is free first."""
    free = [(0.0, slot) for slot in range(limit)]
    found = list[Bar]()
    for seconds in takes:
        begin, slot = free[0]
        heapq.heapreplace(free, (begin + seconds, slot))
        found.append((slot, begin, seconds))
    return found


class Timelines:
    """Two bands of slots, batches above and a window below."""

    def __init__(self, takes: Sequence[float], limit: int) -> None:
        self.limit = limit
        self.bands = {
            "in batches": bars_of_batches(takes, limit),
            "in a window": bars_of_window(takes, limit),
        }

    def summary(self) -> str:
        """Seconds and the share of slot time that is idle, for each band."""
        lines = []
        for name, bars in self.bands.items():
            end = max(begin + seconds for _, begin, seconds in bars)
            used = sum(seconds for *_, seconds in bars) / (end * self.limit)
            lines.append(f"{name:12} {end:5.1f} s, slots idle {1 - used:4.0%}")
        return "\n".join(lines)

    def figure(self) -> Figure:
        """The picture."""
        with matplotlib.rc_context(style.RC):
            figure = Figure(figsize=(7.2, 4.0), dpi=100)
            above, below = figure.subplots(2, 1, sharex=True)
            for axes, colour, (name, bars) in zip(
                (above, below),
                (style.VERMILLION, style.BLUE),
                self.bands.items(),
                strict=True,
            ):
                self._band(axes, colour, name, bars)
            below.set_xlabel("seconds")
            figure.subplots_adjust(0.07, 0.13, 0.98, 0.92, hspace=0.35)
        return figure

    def _band(self, axes: Axes, colour: str, name: str, bars: list[Bar]) -> None:
        for slot, begin, seconds in bars:
            axes.barh(
                slot, seconds, 0.8, begin, color=colour, edgecolor="white", linewidth=1
            )
        end = max(begin + seconds for _, begin, seconds in bars)
        axes.axvline(end, color=style.GREY, linestyle=":", linewidth=1.2)
        axes.set(title=f"{name}: {end:.1f} s", yticks=[], ylabel="slots")
        axes.set_ylim(self.limit - 0.4, -0.6)
        axes.grid(visible=False, axis="y")

    def __repr__(self) -> str:
        return self.summary()

    def _repr_mimebundle_(self, **_kinds: Any) -> dict[str, Any]:
        picture = base64.b64encode(style.png(self.figure())).decode()
        return {"text/plain": self.summary(), "image/png": picture}


def timelines(takes: Sequence[float], limit: int) -> Timelines:
    """The same calls in batches of `limit` and in a window of `limit`."""
    return Timelines(takes, limit)
