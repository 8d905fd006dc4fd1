"""The growth plot: how work grows with size, as lines whose slope is the exponent."""

import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from coursekit.check.error_messages import fault
from coursekit.core import style
from coursekit.core.counting import slope
from coursekit.core.wording import figure

Work = Callable[[int], Any]


def cpu_ms(work: Work, repeats: int = 5) -> Work:
    """`work` measured: median milliseconds of CPU; differs between machines."""

    def measured(n: int) -> float:
        readings = []
        for _ in range(repeats):
            start = time.process_time_ns()
            work(n)
            readings.append((time.process_time_ns() - start) / 1e6)
        return sorted(readings)[repeats // 2]

    return measured


def growth_plot(
    works: Mapping[str, Work],
    sizes: Sequence[int],
    *,
    unit: str = "reads",
    size: str = "entries",
    title: str = "",
    measure: Callable[[Work], Work] | None = None,
) -> "GrowthPlot":
    """Run each `work(n)` at each size and plot its counts, or what `measure` makes.

    A series that raises is named in the picture and above the table, so that an
    unfinished exercise does not stand in the way of the others.
    """
    counts: dict[str, list[float]] = {}
    missing: list[str] = []
    for name, work in works.items():
        run = measure(work) if measure else work
        try:
            counts[name] = [float(run(n)) for n in sizes]
        except Exception as error:
            missing.append(f"{style.NOT_DRAWN}: {name} ({fault(error, {}).text()})")
    return GrowthPlot(list(sizes), counts, unit, size, title, missing)


class GrowthPlot:
    """Counts over sizes, on logarithmic axes, with fitted exponents."""

    def __init__(
        self,
        sizes: list[int],
        counts: dict[str, list[float]],
        unit: str,
        size: str,
        title: str,
        missing: list[str],
    ) -> None:
        self.sizes, self.counts, self.missing = sizes, counts, missing
        self.unit, self.size = unit, size
        self.title = title or f"How {unit} grow with {size}"
        self.exponents = {name: slope(sizes, ys) for name, ys in counts.items()}

    def summary(self) -> str:
        """Every figure of the plot, as a table."""
        width = max([len(name) for name in self.counts], default=0)
        heads = [f"{n:,}" for n in self.sizes]
        rows = {name: [figure(y) for y in ys] for name, ys in self.counts.items()}
        wide = max(map(len, [*heads, *(c for row in rows.values() for c in row)]))
        head = f"{self.title}: {self.unit} by number of {self.size}"
        lines = [*self.missing, head]
        lines.append(" " * width + "".join(f"  {h:>{wide}}" for h in heads))
        for name, row in rows.items():
            cells = "".join(f"  {cell:>{wide}}" for cell in row)
            lines.append(f"{name:<{width}}{cells}  grows as {self._power(name)}")
        return "\n".join(lines)

    def _power(self, name: str) -> str:
        # adding 0 turns -0.0 into 0.0
        return f"n^{round(self.exponents[name], 2) + 0:.2f}"

    def figure(self) -> Any:
        """The plot as a matplotlib figure."""
        import matplotlib
        from matplotlib.figure import Figure

        with matplotlib.rc_context(style.RC):
            made = Figure(figsize=(7.2, 4.4), layout="constrained")
            axes = made.add_subplot()
            for i, name in enumerate(self.counts):
                self._line(axes, i, name)
            self._finish(axes)
        return made

    def _line(self, axes: Any, index: int, name: str) -> None:
        look = style.look(index)
        floor = min([1.0, *(y for y in self.counts[name] if y > 0)])
        heights = [max(y, floor) for y in self.counts[name]]
        axes.plot(
            self.sizes,
            heights,
            color=look.color,
            marker=look.marker,
            linestyle=look.linestyle,
            markeredgecolor="white",
            label=f"{name}: n$^{{{self._power(name)[2:]}}}$",
        )

    def _finish(self, axes: Any) -> None:
        from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

        axes.set(xscale="log", yscale="log")
        axes.set_title(self.title, pad=12)
        axes.set_xlabel(self.size)
        axes.set_ylabel(self.unit)
        axes.set_xticks(self.sizes)
        low, high = axes.get_ylim()
        if high < 100 * low:  # less than two decades: one label would be all
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda v, _: short(v)))
            axis.set_minor_formatter(NullFormatter())
        axes.tick_params(which="minor", length=0)
        if self.missing:
            said = "\n".join(textwrap.fill(x, 70) for x in self.missing)
            place = {"transform": axes.transAxes, "ha": "center", "va": "center"}
            place["bbox"] = {"facecolor": "white", "edgecolor": "none"}
            axes.text(0.5, 0.5, said, color=style.VERMILLION, weight="bold", **place)
        if self.counts:
            axes.legend(loc="upper left", handlelength=3.2)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_mimebundle_(self, **_kinds: Any) -> dict[str, Any]:
        import base64

        picture = base64.b64encode(style.png(self.figure())).decode()
        return {"text/plain": self.summary(), "image/png": picture}


def short(value: float) -> str:
    """A tick's label: `10k` for 10,000."""
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g}{sign}"
    return f"{value:g}"
