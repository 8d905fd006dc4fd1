"""Tools: real work on real data, side by side, shared, kept, and failing apart."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

from session1 import virtual_time
from session1.data import answers, conversations
from session1.demo import tools_plot
from session1.demo.asking import ASKED, answer_with_tools, asking_section
from session1.demo.part import Context, Section, broken
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
    picture = tools_plot.save(timed, shared, kept, context.out / "tools.png")
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
