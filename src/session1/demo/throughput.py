"""Throughput: warm agents, windows, many pages, all processors, kept connections."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from session1 import virtual_time
from session1.data import answers, conversations
from session1.demo.part import YOURS, Context, Section, broken
from session1.demo.plot import COLOURS, INK, groups, panels, save
from session1.demo.throughput_runs import (
    by_barrier,
    by_runtime,
    by_stream,
    by_window,
    counted,
    pages,
    queries,
    sqlite_queries,
    visitors,
    visitors_of,
)
from session1.extras import MissingExtra
from session1.server import ServerError
from session1.servers import postgres_server
from session1.table import rows_of, table

TITLE = "Throughput: who waits for whom, and what it costs to begin"


def run(context: Context) -> Iterator[Section]:
    """Pool and batches on virtual time; pages, processors and databases on the wall."""
    quick = context.quick
    questions = [qa.question for qa in answers()][: 60 if quick else 200]
    found: dict[str, Any] = {}
    yield from with_yours(context, pool_section, found, questions[:60])
    yield from with_yours(context, batch_section, found, questions)
    yield fetch_section(found, 15 if quick else 40)
    yield cpu_section(found, quick)
    yield database_section(found, context)
    picture = draw(found, context.out / "throughput.png")
    yield Section("plot", str(picture), f"Picture: {picture}")


def with_yours(
    context: Context,
    section: Callable[..., Section],
    found: dict[str, Any],
    questions: list[str],
) -> Iterator[Section]:
    """A section with the learner's part, and without it where that fails."""
    mine = context.mine.makers.get("throughput")
    try:
        yield section(found, questions, mine)
    except Exception as e:
        if mine is None:
            raise
        context.note(f"yours stopped at “{section.__name__}”: {context.mine.tell(e)}")
        yield section(found, questions)


def pool_section(
    found: dict[str, Any], questions: list[str], mine: Any = None
) -> Section:
    """A cold pool against a warm one, on virtual time."""
    data = {"cold": virtual_time.run(visitors, False, questions).value}
    if mine is not None:
        data[YOURS] = virtual_time.run(visitors_of, mine.Pool, questions).value
    data["warm"] = virtual_time.run(visitors, True, questions).value
    found["pool"] = data
    labels = {
        "first_s": ("first request waits for an agent", "{:.2f} s"),
        "median_s": ("half of them wait at most", "{:.2f} s"),
        "most_s": ("the longest wait", "{:.2f} s"),
        "agents": ("agents made", "{:.0f}"),
    }
    rows = rows_of(labels, data.values())
    failed = broken(
        {
            "a request to the warm pool waited": data["warm"]["first_s"] > 0,
            "a request was lost": data["warm"]["answered"] < len(questions),
        }
    )
    head = [f"{len(questions)} requests, one every 0.1 s (virtual)", *data]
    return Section("pool", data, table(head, rows), failed)


def batch_section(
    found: dict[str, Any], questions: list[str], mine: Any = None
) -> Section:
    """Batches with a barrier against a window, on virtual time."""
    barrier, barrier_done = virtual_time.run(by_barrier, questions).value
    window, window_done = virtual_time.run(by_window, questions).value
    first, stream, stream_done = virtual_time.run(by_stream, questions).value
    data = found["batches"] = {
        "barrier_s": barrier,
        "window_s": window,
        "stream_s": stream,
        "first_result_s": first,
    }
    rows = [
        ["batches of 10, one after another", f"{barrier:.1f} s", ""],
        ["10 at a time", f"{window:.1f} s", f"{barrier / window:.2f}x"],
        ["10 at a time, from a queue", f"{stream:.1f} s", f"{barrier / stream:.2f}x"],
        ["  its first result", f"{first:.1f} s", ""],
    ]
    if mine is not None:
        own, done = virtual_time.run(by_runtime, mine.Runtime, questions).value
        data["yours_s"] = own
        right = "" if done == len(questions) else f", {done} answers"
        rows[1:1] = [["yours", f"{own:.1f} s{right}", f"{barrier / own:.2f}x"]]
    answered = {barrier_done, window_done, stream_done}
    failed = broken(
        {
            "an answer was lost": answered != {len(questions)},
            "the window was no faster than the barrier": window >= barrier,
        }
    )
    head = [f"{len(questions)} questions (virtual)", "time", "faster"]
    return Section("batches", data, table(head, rows), failed)


def fetch_section(found: dict[str, Any], count: int) -> Section:
    """Pages of a local server, one by one and at once."""
    data = found["fetch"] = asyncio.run(pages(count))
    slow = data["one by one"]["seconds"]
    rows = [
        [
            name,
            f"{f['seconds']:.2f} s",
            f"{slow / f['seconds']:.1f}x",
            f"{f['good']:.0f}",
        ]
        for name, f in data.items()
    ]
    failed = broken(
        {
            "a good page was lost": any(f["good"] != count for f in data.values()),
            "one page was asked for at a time": data["at once"]["peak"] < 2,
        }
    )
    head = [f"{count} pages of 20 ms", "time", "faster", "good"]
    return Section("fetch", data, table(head, rows), failed)


def cpu_section(found: dict[str, Any], quick: bool) -> Section:
    """Small and large work on conversations."""
    talks = conversations(200 if quick else 500, min_turns=20)
    data = found["cpu"] = counted(talks, 1 if quick else 3)
    rows = [
        [
            f"{name} of {f['items']:,} talks",
            f"{1e3 * f['loop_s']:,.1f} ms",
            f"{1e3 * f['map_s']:,.1f} ms",
            f"{f['loop_s'] / f['map_s']:.2f}x",
        ]
        for name, f in data.items()
    ]
    wrong = not all(f["equal"] for f in data.values())
    failed = broken({"cpu_map's results differ from the loop's": wrong})
    return Section("cpu", data, table(["", "loop", "cpu_map", "faster"], rows), failed)


def database_section(found: dict[str, Any], context: Context) -> Section:
    """A connection for each query against a pool, on SQLite and PostgreSQL."""
    count = 100 if context.quick else 300
    data = found["database"] = {"SQLite": sqlite_queries(context.out, count)}
    try:
        with postgres_server(timeout=10) as server:
            data["PostgreSQL"] = queries(server.url, count)
    except (ServerError, MissingExtra) as e:
        context.note(f"without PostgreSQL: {str(e).splitlines()[0]}")
    rows = [
        [
            name,
            f"{1e6 * f['fresh_s'] / count:,.0f} µs",
            f"{1e6 * f['pool_s'] / count:,.0f} µs",
            f"{f['fresh_s'] / f['pool_s']:.1f}x",
        ]
        for name, f in data.items()
    ]
    failed = broken(
        {
            "the pool opened more than one connection for one user": any(
                f["opened"] != 1 for f in data.values()
            ),
            "a query was no faster than with a new connection to PostgreSQL": (
                "PostgreSQL" in data
                and data["PostgreSQL"]["pool_s"] >= data["PostgreSQL"]["fresh_s"]
            ),
        }
    )
    head = ["a query", "new connection", "from a pool", "faster"]
    return Section("database", data, table(head, rows), failed)


def draw(found: Mapping[str, Any], path: Path) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (waits, faster) = panels(2)
    draw_waits(waits, found["pool"])
    draw_faster(faster, ratios(found))
    return save(figure, path)


def draw_waits(axes: Axes, pool: Mapping[str, Mapping[str, float]]) -> None:
    """How long requests waited for an agent, from a cold pool and a warm one."""
    labels = {"first_s": "first", "median_s": "median", "most_s": "longest"}
    colours = COLOURS | {"cold": COLOURS["naive"], "warm": COLOURS["ours"]}
    found = {name: [one[key] for key in labels] for name, one in pool.items()}
    groups(axes, list(labels.values()), found, "{:.2f} s", colours)
    axes.set(title="Wait for an agent")
    axes.margins(x=0.15)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda s, _: f"{s:g} s"))


def ratios(found: Mapping[str, Any]) -> dict[str, float]:
    """How many times faster ours was, by what it was compared with."""
    batches, pages = found["batches"], found["fetch"]
    return {
        "window\nagainst barrier": batches["barrier_s"] / batches["window_s"],
        "pages at once\nagainst one by one": (
            pages["one by one"]["seconds"] / pages["at once"]["seconds"]
        ),
        **{
            f"cpu_map\n{name}": f["loop_s"] / f["map_s"]
            for name, f in found["cpu"].items()
        },
        **{
            f"pooled connection\n{name}": f["fresh_s"] / f["pool_s"]
            for name, f in found["database"].items()
        },
    }


def draw_faster(axes: Axes, ratios: Mapping[str, float]) -> None:
    """A bar for each ratio; the line is where both are equal."""
    places = [-i for i in range(len(ratios))]
    bars = axes.barh(places, list(ratios.values()), 0.6, color=COLOURS["ours"])
    axes.bar_label(bars, [f"{r:.1f}x" for r in ratios.values()], padding=3, color=INK)
    axes.set_yticks(places, list(ratios))
    axes.set_xscale("log")
    axes.axvline(1, color=INK, linewidth=1)
    axes.set(title="Times faster")
    axes.margins(x=0.15)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda r, _: f"{r:g}x"))
