"""One look for all plots: colours that colour-blind people tell apart, and signs."""

from dataclasses import dataclass
from typing import Any

# Okabe and Ito, "Color universal design", 2008; yellow left out: too pale on white
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
VERMILLION, PURPLE, SKY, BLACK = "#D55E00", "#CC79A7", "#56B4E9", "#333333"
COLOURS = (VERMILLION, BLUE, GREEN, PURPLE, ORANGE, SKY, BLACK)
MARKERS = "osD^vPX"
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
# how plots say, in their text, that something is missing from them
NOT_DRAWN, CANNOT = "✗ NOT DRAWN", "✗ This cannot be drawn"
GREY, LIGHT = "#5F5F5F", "#E3E3E3"

RC: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": GREY,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same everywhere
    "font.size": 10,
    "grid.color": LIGHT,
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "xtick.color": GREY,
    "ytick.color": GREY,
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one series is drawn: by colour, by marker and by line style."""

    color: str
    marker: str
    linestyle: Any


def look(index: int) -> Look:
    """The look of series number `index`; they differ even in black and white."""
    i = index % len(COLOURS)
    return Look(COLOURS[i], MARKERS[i], LINES[i])


def use() -> None:
    """Use this look for every plot from here on."""
    import matplotlib
    from cycler import cycler

    matplotlib.rcParams.update(RC)
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=COLOURS)


def png(figure: Any) -> bytes:
    """A figure as PNG bytes, the same for the same figure; none where none is drawn."""
    import io

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
