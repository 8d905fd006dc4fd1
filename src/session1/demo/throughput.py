"""Throughput: warm agents, windows, many pages, all processors, kept connections."""

import asyncio
from collections.abc import Iterator
from typing import Any

from session1 import virtual_time
from session1.data import answers, conversations
from session1.demo import throughput_plot
from session1.demo.part import Context, Section, broken
from session1.demo.table import table
from session1.demo.throughput_runs import (
    by_barrier,
    by_stream,
    by_window,
    counted,
    pages,
    queries,
    sqlite_queries,
    visitors,
)
from session1.extras import MissingExtra
from session1.server import ServerError
from session1.servers import postgres_server

TITLE = "Throughput: who waits for whom, and what it costs to begin"


def run(context: Context) -> Iterator[Section]:
    """Pool and batches on virtual time; pages, processors and databases on the wall."""
    quick = context.quick
    questions = [qa.question for qa in answers()][: 60 if quick else 200]
    found: dict[str, Any] = {}
    yield pool_section(found, questions[:60])
    yield batch_section(found, questions)
    yield fetch_section(found, 15 if quick else 40)
    yield cpu_section(found, quick)
    yield database_section(found, context)
    picture = throughput_plot.save(found, context.out / "throughput.png")
    yield Section("plot", str(picture), f"Picture: {picture}")


def pool_section(found: dict[str, Any], questions: list[str]) -> Section:
    """A cold pool against a warm one, on virtual time."""
    data = found["pool"] = {
        name: virtual_time.run(visitors, warm, questions).value
        for name, warm in (("cold", False), ("warm", True))
    }
    labels = {
        "first_s": ("first request waits for an agent", "{:.2f} s"),
        "median_s": ("half of them wait at most", "{:.2f} s"),
        "most_s": ("the longest wait", "{:.2f} s"),
        "agents": ("agents made", "{:.0f}"),
    }
    rows = [
        [label, *(form.format(data[name][key]) for name in data)]
        for key, (label, form) in labels.items()
    ]
    failed = broken(
        {
            "a request to the warm pool waited": data["warm"]["first_s"] > 0,
            "a request was lost": data["warm"]["answered"] < len(questions),
        }
    )
    head = [f"{len(questions)} requests, one every 0.1 s (virtual)", *data]
    return Section("pool", data, table(head, rows), failed)


def batch_section(found: dict[str, Any], questions: list[str]) -> Section:
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
