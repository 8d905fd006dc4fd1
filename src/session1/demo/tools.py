"""Tools: real work on real data, side by side, shared, kept, and failing apart."""

import asyncio
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from session1 import virtual_time
from session1.data import answers, conversations
from session1.demo.asking import ASKED, answer_with_tools, asking_section
from session1.demo.part import Context, Section, broken
from session1.demo.plot import COLOURS, STYLE, legend_below, panels, save, shares
from session1.demo.tool_runs import (
    AGENTS,
    DEADLINE,
    Batch,
    batches,
    identical,
    one_bad_one_stuck,
    results_of,
    session,
    session_of,
)
from session1.table import rows_of, table

TITLE = "Tools: what an agent does again, in turn and alone, and what that costs"
CALLERS = (1, 10, 100)

Batches = dict[str, dict[str, Batch]]
Figures = dict[str, dict[str, Any]]
MARKS = {"naive": "s", "yours": "^", "ours": "o"}
KINDS = {"fetch": "#56B4E9", "search": "#E69F00", "answer": "#CC79A7"}
OTHER = "#999999"


def run(context: Context) -> Iterator[Section]:
    """The model at work; a batch by the clock; identical, long, bad calls by counts."""
    asked = ASKED[:1] if context.quick else ASKED
    yield asking_section(context.wait(answer_with_tools(context.llm, asked)))
    talks = conversations(300 if context.quick else 1_000, min_turns=4)
    makers = context.with_yours("tools", AGENTS)
    answers()  # read once now, not in the first batch
    timed = context.each(
        "a batch of calls", makers, lambda make: asyncio.run(batches(make, talks))
    )
    yield batch_section(timed)
    shared = context.each(
        "identical calls",
        makers,
        lambda make: {
            n: virtual_time.run(identical, make, talks, n).value for n in CALLERS
        },
    )
    yield identical_section(shared)
    calls = session_of(talks, 200 if context.quick else 600)
    right = asyncio.run(results_of(talks, calls))
    kept = context.each(
        "a day of calls",
        makers,
        lambda make: asyncio.run(session(make, talks, calls, right)),
    )
    yield session_section(kept)
    apart = context.each(
        "a bad call",
        makers,
        lambda make: virtual_time.run(partial(one_bad_one_stuck, make, talks)).value,
    )
    yield apart_section(apart)
    picture = draw(timed, shared, kept, context.out / "tools.png")
    yield Section("plot", str(picture), f"Picture: {picture}")


def batch_section(timed: Batches) -> Section:
    """Wall time of one batch in three ways, and the longest stall of the loop."""
    rows = [
        [
            f"{how}, {what}",
            *(f"{1e3 * get(found[how]):,.1f} ms" for found in timed.values()),
        ]
        for how in timed["ours"]
        for what, get in (("time", seconds_of), ("loop stood still", stall_of))
    ]
    count = len(timed["ours"]["one by one"].runs)
    ours = timed["ours"]
    failed = broken(
        {
            "calls at once took longer than one by one": (
                ours["at once"].seconds > ours["one by one"].seconds
            ),
            "a tool ran again although its result was kept": bool(ours["again"].runs),
        }
    )
    data = {
        name: {
            how: {"seconds": b.seconds, "stall_s": b.stall_s, "runs": len(b.runs)}
            for how, b in found.items()
        }
        for name, found in timed.items()
    }
    return Section("batch", data, table([f"{count} calls", *timed], rows), failed)


def seconds_of(batch: Batch) -> float:
    """How long it took."""
    return batch.seconds


def stall_of(batch: Batch) -> float:
    """How long nothing else could run."""
    return batch.stall_s


def identical_section(shared: dict[str, dict[int, int]]) -> Section:
    """Runs for equal calls at the same moment."""
    rows = [
        [
            f"{n} equal call{'s' * (n > 1)} at once",
            *(f"{found[n]}" for found in shared.values()),
        ]
        for n in CALLERS
    ]
    again = any(runs != 1 for runs in shared["ours"].values())
    failed = broken({"equal calls at once ran more than once": again})
    return Section(
        "identical", shared, table(["runs of the tool", *shared], rows), failed
    )


SESSION = {
    "runs": ("runs of a tool, notes aside", "{:,}"),
    "hit_rate": ("calls answered without a run", "{:.0%}"),
    "wrong": ("wrong results", "{:,}"),
    "notes_asked": ("notes to be written", "{:,}"),
    "notes_written": ("notes written", "{:,}"),
}


def session_section(kept: Figures) -> Section:
    """Show what a long session ran, reused and got wrong."""
    rows = rows_of(SESSION, kept.values())
    ours = kept["ours"]
    failed = broken(
        {
            "a result was wrong": ours["wrong"] > 0,
            "a note was not written": ours["notes_written"] != ours["notes_asked"],
            "less was reused than by the naive agent": (
                ours["hit_rate"] < kept["naive"]["hit_rate"]
            ),
        }
    )
    return Section(
        "session", kept, table([f"{ours['calls']} calls", *kept], rows), failed
    )


def apart_section(apart: Figures) -> Section:
    """Show what one failing and one hanging call cost the others."""
    rows = [
        ["good results", *(f"{f['good']} of {f['of']}" for f in apart.values())],
        ["seconds (virtual)", *(f"{f['seconds']:,.1f} s" for f in apart.values())],
    ]
    ours = apart["ours"]
    failed = broken(
        {
            "a bad call cost a good one its result": ours["good"] < ours["of"],
            "a call outlived its deadline": ours["seconds"] > DEADLINE + 0.001,
        }
    )
    head = ["one call fails, one hangs", *apart]
    return Section("isolation", apart, table(head, rows), failed)


def draw(
    timed: Mapping[str, Mapping[str, Batch]],
    shared: Mapping[str, Mapping[int, int]],
    kept: Mapping[str, Mapping[str, Any]],
    path: Path,
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (when, often, reused) = panels(3)
    draw_runs(when, timed)
    draw_identical(often, shared)
    draw_session(reused, kept)
    return save(figure, path)


def draw_runs(axes: Axes, timed: Mapping[str, Mapping[str, Batch]]) -> None:
    """A bar for each run of a tool: one by one, at once, and with all results kept."""
    rows = {
        "naive, one by one": timed["naive"]["one by one"],
        **{f"{name}, at once": found["at once"] for name, found in timed.items()},
        "ours, again": timed["ours"]["again"],
    }
    for row, batch in enumerate(rows.values()):
        step = 0.8 / max(len(batch.runs), 1)
        for i, (tool, start, end) in enumerate(sorted(batch.runs, key=lambda r: r[1])):
            axes.barh(
                row - 0.4 + (i + 0.5) * step,
                max(end - start, 0.004),
                step,
                left=start,
                color=KINDS.get(tool, OTHER),
            )
        axes.text(batch.seconds + 0.02, row, told(batch.seconds), va="center")
    for tool, colour in {**KINDS, "others": OTHER}.items():
        axes.barh(0, 0, color=colour, label=tool)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.margins(x=0.12)
    axes.set(title="When the tools ran")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda s, _: f"{s:g} s"))
    legend_below(axes, 4)


def told(seconds: float) -> str:
    """`2.1 s` or `0.4 ms`."""
    return f"{seconds:.1f} s" if seconds > 0.05 else f"{1e3 * seconds:.1f} ms"


def draw_identical(axes: Axes, shared: Mapping[str, Mapping[int, int]]) -> None:
    """Runs of the tool against equal calls at the same moment."""
    for name, runs in shared.items():
        at, counts = list(runs), list(runs.values())
        axes.loglog(at, counts, color=COLOURS[name], marker=MARKS[name], **STYLE)
        axes.annotate(
            f"{name}: {counts[-1]}",
            (at[-1], counts[-1]),
            xytext=(-4, 24 if name == "yours" else 8),  # it may lie on ours
            textcoords="offset points",
            ha="right",
            color=COLOURS[name],
            fontweight="bold",
        )
    axes.set(title="Runs for equal calls at once", xlabel="callers", ylim=(0.7, 200))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:g}"))
    axes.grid(alpha=0.25)


def draw_session(axes: Axes, kept: Mapping[str, Mapping[str, Any]]) -> None:
    """Shares of a day's calls: reused, right, and side effects that happened."""
    labels = ["answered\nwithout a run", "results\nright", "notes\nwritten"]
    found = {
        name: [
            f["hit_rate"],
            1 - f["wrong"] / (f["calls"] - f["notes_asked"]),
            f["notes_written"] / f["notes_asked"],
        ]
        for name, f in kept.items()
    }
    shares(axes, labels, found)
    axes.set(title=f"{kept['ours']['calls']} calls")
