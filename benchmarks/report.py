"""Show the rows of a page: a table, the goals, a plot, JSON."""

import os
import platform
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.page import Goal, Page, Row, as_json

# Wong's palette, which colour-blind people can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
WIDE = 5  # plots beside each other
DRAWN = {"s": "seconds", "/s": "per second"}  # by unit
MARKS = "osd^"  # the next one when the colours are used up


def table(title: str, rows: list[Row]) -> str:
    """The rows as text: ours, then everyone else with how many times ours it is."""
    lines = [title, "=" * len(title)]
    for row in rows:
        lines.append(f"{row.case}, n = {row.n:,}")
        lines += [f"  {line}" for line in figures(row)]
    return "\n".join(lines)


def figures(row: Row) -> Iterator[str]:
    """One line for each figure of a row, with quartiles."""
    yield f"{'ours':<28}{amount(row.ours, row.unit):>12}"
    if row.naive is not None:
        mark = " (extrapolated)" if row.extrapolated else ""
        yield figure("naive", row.naive, row.ratio_naive, row) + mark
    for name, value in row.peers.items():
        yield figure(name, value, row.ratio_peers.get(name), row)
    for name, why in row.missing.items():
        yield f"{name:<28}{'-':>12}  {why}"


def figure(name: str, value: float, ratio: float | None, row: Row) -> str:
    """A figure, its ratio to ours and, where it varies, the ratio's quartiles."""
    text = f"{name:<28}{amount(value, row.unit):>12}"
    if ratio is None:
        return text
    text += f"{short(ratio):>12}x"
    if spread := row.spread.get(f"ratio {name}"):
        text += f"  ({short(spread[0])} to {short(spread[1])})"
    return text


def short(ratio: float) -> str:
    """A ratio to three figures, or whole with thousands separated."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def amount(value: float, unit: str) -> str:
    """`value` with its unit, seconds in the unit that reads best."""
    if unit != "s":
        return f"{value:.3g} {unit}"
    for size, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= size:
            return f"{value / size:,.3g} {name}" if value < 1000 else f"{value:,.0f} s"
    return f"{value / 1e-9:.3g} ns"


def verdicts(goals: tuple[Goal, ...], rows: list[Row]) -> list[dict[str, Any]]:
    """Every goal with the figure measured and whether it was reached."""
    found = [(goal, *goal.reached(rows)) for goal in goals]
    return [
        {"goal": str(goal), "value": value, "reached": ok} for goal, value, ok in found
    ]


def goals_text(verdicts: list[dict[str, Any]]) -> str:
    """The goals as lines that start with PASS, FAIL or, not measured, with ----."""
    lines = []
    for goal in verdicts:
        value = goal["value"]
        word = "----" if value is None else "PASS" if goal["reached"] else "FAIL"
        shown = "not measured" if value is None else short(value)
        lines.append(f"{word}  {goal['goal']}  ({shown})")
    return "\n".join(lines)


def document(pages: dict[str, tuple[Page, list[Row]]]) -> dict[str, Any]:
    """All pages as one object for JSON."""
    rows = [
        {"page": name, **as_json(row)}
        for name, (_, rows) in pages.items()
        for row in rows
    ]
    goals = [
        {"page": name, **verdict}
        for name, (page, page_rows) in pages.items()
        for verdict in verdicts(page.GOALS, page_rows)
    ]
    page = ", ".join(pages)
    return {"page": page, "machine": machine(), "rows": rows, "goals": goals}


def machine() -> dict[str, Any]:
    """Name the machine that the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cpu": platform.machine(),
        "cores": os.cpu_count(),
    }


def plot(title: str, rows: list[Row], file: Path) -> None:
    """Draw every case of times or rates against n, on log scales, to a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    timed = [row for row in rows if row.unit in DRAWN]
    cases = list(dict.fromkeys(row.case for row in timed))
    if not cases:
        return
    wide = min(len(cases), WIDE)
    high = -(-len(cases) // wide)
    figure, axes = plt.subplots(
        high, wide, figsize=(5 * wide, 4 * high), squeeze=False, layout="constrained"
    )
    colours = colours_of(timed)
    for ax in axes.flat[len(cases) :]:
        ax.set_axis_off()
    for ax, case in zip(axes.flat, cases, strict=False):
        draw(ax, case, [row for row in timed if row.case == case], colours)
    lines = [
        plt.Line2D([], [], marker=mark(place), color=colour)
        for place, colour in enumerate(colours.values())
    ]
    figure.legend(lines, list(colours), loc="outside lower center", ncols=3)
    figure.suptitle(f"{title} (hollow: extrapolated)")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)
    plt.close(figure)


def colours_of(rows: list[Row]) -> dict[str, str]:
    """A colour for ours, naive and each peer, the same in every case."""
    peers = dict.fromkeys(peer for row in rows for peer in row.peers)
    return dict(zip(["ours", "naive", *peers], cycle(COLOURS), strict=False))


def mark(place: int) -> str:
    """The mark of the contender in that place, so that no two look alike."""
    return MARKS[place // len(COLOURS) % len(MARKS)]


def draw(ax: Any, case: str, rows: list[Row], colours: dict[str, str]) -> None:
    """One case: a line for each contender, a hollow mark where extrapolated."""
    for place, (name, colour) in enumerate(colours.items()):
        known = [(row, value) for row in rows if (value := point(row, name))]
        ax.plot([row.n for row, _ in known], [v for _, v in known], color=colour)
        for row, value in known:
            hollow = name == "naive" and row.extrapolated
            fill = "white" if hollow else colour
            ax.plot(row.n, value, mark(place), color=colour, mfc=fill)
    ax.set(title=case, xscale="log", yscale="log", xlabel="n")
    ax.set_ylabel(DRAWN[rows[0].unit])
    ax.grid(alpha=0.3)


def point(row: Row, name: str) -> float | None:
    """The figure of a contender in a row."""
    return {"ours": row.ours, "naive": row.naive}.get(name, row.peers.get(name))
