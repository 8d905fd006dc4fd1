"""A minute of too much load: answers in time, too late and refused, by room."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
from lines import Goodput, overload
from matplotlib.figure import Figure

from coursekit.check.error_messages import fault
from coursekit.core import style


class GoodputPlot:
    """Bars for each room, the line without an end first."""

    def __init__(self, found: dict[str, Goodput], missing: str) -> None:
        self.found, self.missing = found, missing

    def summary(self) -> str:
        """Every figure of the plot."""
        lines = [f"{name:>10}: {x}" for name, x in self.found.items()]
        return "\n".join([*filter(None, [self.missing]), *lines])

    def figure(self) -> Figure:
        """The picture."""
        with matplotlib.rc_context(style.RC):
            figure = Figure(figsize=(7.2, 3.8), dpi=100, layout="constrained")
            axes = figure.add_subplot()
            names, foot = list(self.found), [0] * len(self.found)
            for label, colour, hatch in [
                ("in time", style.GREEN, ""),
                ("too late", style.VERMILLION, "//"),
                ("refused", style.LIGHT, ""),
            ]:
                field = label.replace("too late", "late").replace(" ", "_")
                heights = [getattr(x, field) for x in self.found.values()]
                axes.bar(
                    names,
                    heights,
                    bottom=foot,
                    color=colour,
                    hatch=hatch,
                    edgecolor="white",
                    label=label,
                )
                foot = [a + b for a, b in zip(foot, heights, strict=True)]
            axes.set(xlabel="room in the line", ylabel="requests", ylim=(0, 1040))
            axes.set_title("900 requests in a minute, 600 can be served", pad=10)
            axes.grid(visible=False, axis="x")
            axes.legend(loc="upper right", ncols=3)
            if self.missing:
                place: Any = {"transform": axes.transAxes, "ha": "center"}
                axes.text(0.5, 0.5, self.missing, color=style.VERMILLION, **place)
        return figure

    def __repr__(self) -> str:
        return self.summary()

    def _repr_mimebundle_(self, **_kinds: Any) -> dict[str, Any]:
        picture = base64.b64encode(style.png(self.figure())).decode()
        return {"text/plain": self.summary(), "image/png": picture}


def goodput_plot(
    endless: Callable[..., Any], line: Callable[..., Any], rooms: Sequence[int]
) -> GoodputPlot:
    """The endless line, and `line` with each of the rooms."""
    found, missing = {"endless": overload(endless, 0)}, ""
    try:
        found |= {str(room): overload(line, room) for room in rooms}
    except Exception as error:
        missing = f"{style.NOT_DRAWN}: yours ({fault(error, {}).text()})"
    return GoodputPlot(found, missing)
