"""Load: the parts put together, and the key figures they have on this machine."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from session1.demo.part import Context, Section, broken
from session1.demo.plot import COLOURS, INK, STYLE, legend_below, panels, save
from session1.load.agents import SLOTS, TOOL_EVERY, USERS, Plan
from session1.load.agents import run as played
from session1.load.figures import HITS, Load
from session1.monitoring import kpi
from session1.monitoring.kpi import KPIS
from session1.table import table

TITLE = "Load: all parts together, and the key figures of this machine"
RATE = 6_000  # requests a second, of which the table asks for 5,000
QUICK, FULL = (1.0, 1), (2.0, 2)  # seconds of the trace, and processes
ENDS = {
    "kept answers": HITS,
    "answers of the model": ("model",),
    "stand-ins": ("stand-in",),
    "wrong answers": ("wrong",),
    "errors": ("error",),
}
NAMES = {"naive": "naive", "composed": "ours"}
STYLES = {"naive": "--", "composed": "-"}
PERCENTS = np.concatenate([np.arange(0, 99), np.arange(99, 100, 0.02)])
Ends = Mapping[str, tuple[str, ...]]
LEAST = 1e-5  # seconds; shorter waits are drawn here


def run(context: Context) -> Iterator[Section]:
    """The same trace for the naive agent and ours, then our key figures."""
    seconds, processes = QUICK if context.quick else FULL
    names = ("naive", "composed")
    plans = {name: Plan(name, RATE, seconds) for name in names}
    loads: dict[str, Load] = {}
    for name in context.progress(names, len(names), "agents under load"):
        loads[name] = played(plans[name], processes)
    yield ends_section(loads, plans["composed"], processes)
    picture = draw(loads, ENDS, context.out / "kpi.png")
    yield Section("plot", str(picture), f"Picture: {picture}")
    yield kpi_section(loads["composed"], processes)


def ends_section(loads: dict[str, Load], plan: Plan, processes: int) -> Section:
    """How the requests of each agent ended."""
    rows = [
        [label, *(f"{100 * load.share(*ends):.2f} %" for load in loads.values())]
        for label, ends in ENDS.items()
    ]
    each = (1e6 * load.cpu_s / load.requests for load in loads.values())
    rows.append(["CPU for a request", *(f"{micros:.0f} µs" for micros in each)])
    ours = loads["composed"]
    many = {1: "one process", 2: "two processes with half of them each"}[processes]
    head = [f"{ours.requests:,} requests, {many}", *loads]
    text = (
        f"{table(head, rows)}\n"
        f"{plan.rate:,.0f} a second, in bursts, {plan.new:.0%} of them never heard "
        f"before; up to {SLOTS} calls of the model at\na time in a process. Ours shows "
        f"the model what each of {USERS:,} users said before, and calls a\ntool for "
        f"one in {TOOL_EVERY} of those questions. Waits for the model are skipped, "
        "all else took its time."
    )
    data = {
        name: {
            "requests": load.requests,
            "ends": dict(load.ends),
            "cpu_s": load.cpu_s,
            "seconds": load.seconds,
            "skipped_s": load.skipped_s,
        }
        for name, load in loads.items()
    }
    failed = broken(
        {
            "a request was lost": any(
                load.requests != loads["naive"].requests
                or sum(load.ends.values()) != load.requests
                for load in loads.values()
            ),
            "ours gave wrong answers or errors": ours.share("wrong", "error") > 0,
        }
    )
    return Section("ends", {"plan": asdict(plan), **data}, text, failed)


def kpi_section(load: Load, processes: int) -> Section:
    """The key figures, the table that this is all about."""
    measured = load.measurements()
    rows = kpi.rows(measured)
    data: dict[str, Any] = {
        row.kpi.key: {"value": row.value, "verdict": row.verdict} for row in rows
    }
    excellent = sum(row.verdict == "excellent" for row in rows)
    text = (
        f"{kpi.table(rows)}\n"
        f"{excellent} of {len(rows)} are excellent on this machine "
        f"({processes} of its {os.cpu_count()} cores). Waits count from the time\n"
        "planned for each request; throughput and success count right answers only, "
        "no stand-ins."
    )
    missing = any(row.value is None for row in rows)
    return Section("kpi", data, text, broken({"a key figure is missing": missing}))


def draw(
    loads: Mapping[str, Load], ends: Mapping[str, tuple[str, ...]], path: Path
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (waits, shares) = panels(2)
    draw_waits(waits, loads)
    draw_ends(shares, loads, ends)
    return save(figure, path)


def draw_waits(axes: Axes, loads: Mapping[str, Load]) -> None:
    """Waits by percentile, with what the table calls excellent."""
    behind = 100 / (100 - PERCENTS)  # so that P50, P90, P99 and P99.9 are apart
    for name, load in loads.items():
        found = np.percentile(load.waits, PERCENTS)
        axes.plot(
            behind,
            np.maximum(found, LEAST),
            STYLES[name],
            color=COLOURS[NAMES[name]],
            label=NAMES[name],
            **STYLE,
        )
    best = {kpi.key: kpi.excellent for kpi in KPIS}
    for percent in (50, 95, 99):
        at, limit = 100 / (100 - percent), best[f"p{percent}"]
        axes.plot(at, limit, "v", color=INK, label="excellent" if at == 2 else None)
    axes.set(xscale="log", yscale="log", title="Wait of each caller", ylabel="seconds")
    ticks = (50, 95, 99, 99.9)
    axes.set_xticks([100 / (100 - p) for p in ticks], [f"P{p:g}" for p in ticks])
    axes.minorticks_off()
    legend_below(axes, 3)


def draw_ends(axes: Axes, loads: Mapping[str, Load], ends: Ends) -> None:
    """Draw how calls not answered from the cache ended, in percent."""
    labels = [label for label in ends if label != "kept answers"]
    for turn, (name, load) in enumerate(loads.items()):
        percents = [100 * load.share(*ends[label]) for label in labels]
        places = [-(i + 0.38 * turn) for i in range(len(labels))]
        bars = axes.barh(places, percents, 0.36, color=COLOURS[NAMES[name]])
        axes.bar_label(bars, [f"{p:.2f} %" for p in percents], padding=3, color=INK)
    axes.set_yticks([-i - 0.19 for i in range(len(labels))], labels)
    axes.set_xticks([])
    axes.margins(x=0.25)
    axes.set(title="Not answered from what was kept")
