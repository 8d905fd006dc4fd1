"""Page `runtime`: what the queue and the pools cost, and what they save."""

import asyncio
import multiprocessing
import random
import threading
import time
import tracemalloc
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import zstandard
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from benchmarks.cpu_work import mean, numbers, steps
from benchmarks.loop import LOOP, wall_row
from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers.task_runners import Runner, barrier, runners, semaphore
from session1 import virtual_time
from session1.runtime.agent_manager import AgentManager
from session1.runtime.connections import create_pool
from session1.runtime.cpu_map import cpu_map
from session1.runtime.fetch import fetch_all
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from session1.server import ServerError
from session1.servers import postgres_server

TITLE = "Runtime: cost of a task, windows, processors, connections, downloads"
MB = 2**20
LIMIT = 10
TASK, LEND = "a task that does nothing", "lend an agent"
WINDOW = "300 calls of 0 to 2 s, 10 at a time"
SMALL, LARGE = "means of 1,000 numbers", "loops of 20,000 steps"
DASK = "the same loop on Dask"
LITE, SERVER = "a query, SQLite", "a query, PostgreSQL"
BOMB, BOMB_MB = "peak memory of a hostile download", 64
GOALS = (
    Goal(TASK, 2_000, "ratio_naive", low=0.5),
    Goal(TASK, 2_000, "aiometer amap", low=2),
    Goal(LEND, 1, "ratio_naive", low=0.5),
    Goal(LEND, 1_000, "ratio_naive", low=0.4),
    Goal(WINDOW, 300, "ratio_naive", low=1.5),
    Goal(SMALL, 2_000, "ratio_naive", low=1.5),
    Goal(SMALL, 2_000, "plain loop", low=0.8),
    Goal(LARGE, 20, "plain loop", low=0.8),
    Goal(LARGE, 1_000, "plain loop", low=1.3),
    Goal(DASK, 400, "ratio_naive", low=1.5),
    Goal(LITE, 1, "ratio_naive", low=1.2),
    Goal(SERVER, 1, "ratio_naive", low=5),
    Goal(BOMB, BOMB_MB, "ours", high=4),
)
LOOPS = (20, 200, 1_000)
Calls = dict[str, Callable[[], object]]


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Every case; quick takes fewer rounds."""
    rounds = 2 if quick else 9
    return [
        *(partial(task, n) for n in (100, 2_000, 20_000)[: 2 if quick else 3]),
        *(partial(lend, n) for n in (1, 100, 1_000)),
        partial(window, 300),
        partial(processors, SMALL, mean, numbers(2_000), 5),
        *(partial(processors, LARGE, steps, [20_000] * n, rounds) for n in LOOPS),
        partial(cluster, 400, rounds),
        partial(sqlite, rounds),
        partial(postgres, rounds),
        partial(hostile, BOMB_MB),
    ]


async def nothing(n: int) -> int:
    """Nothing."""
    return n


async def queue(work: Callable[[int], Any], n: int, limit: int) -> int:
    """Ours: results as they end, from a window over the tasks."""
    done = 0
    async with TaskQueue(limit) as tasks:
        source = (Task("", work, {"n": i}) for i in range(n))
        async for _ in tasks.stream(source):
            done += 1
    return done


def task(n: int) -> Case:
    """CPU time of one of `n` tasks, ten at a time: ours, a semaphore, peers."""

    def times(runner: Runner | str) -> Run | str:
        if isinstance(runner, str):
            return runner
        return Run(lambda: LOOP.run_until_complete(runner(nothing, n, LIMIT)), 1 / n)

    peers = {name: times(runner) for name, runner in runners().items()}
    ours, naive = times(queue), times(semaphore)
    assert isinstance(ours, Run) and isinstance(naive, Run)
    return Case(TASK, n, ours, naive, peers)


def lend(n: int) -> Case:
    """CPU time to have one of ten agents, for `n` callers at once.

    Ours against a plain queue of agents, which knows no limit, health or timeout.
    """
    pool: AgentManager[object] = AgentManager(10, 10)
    plain: asyncio.Queue[object] = asyncio.Queue()
    for _ in range(10):
        pool.register_agent(object())
        plain.put_nowait(object())

    async def ours() -> None:
        async with pool.agent():
            await asyncio.sleep(0)

    async def naive() -> None:
        agent = await plain.get()
        try:
            await asyncio.sleep(0)
        finally:
            plain.put_nowait(agent)

    async def uses(use: Callable[[], Any]) -> None:
        for _ in range(1_000 // n):
            await asyncio.gather(*(use() for _ in range(n)))

    times = 1 / (1_000 // n * n)
    return Case(
        LEND,
        n,
        Run(lambda: LOOP.run_until_complete(uses(ours)), times),
        Run(lambda: LOOP.run_until_complete(uses(naive)), times),
    )


def window(n: int) -> Row:
    """Virtual seconds for calls of unequal length: windows, and batches in turn."""
    seconds = [random.Random(i).betavariate(0.5, 2) * 2 for i in range(n)]

    async def nap(n: int) -> None:
        await asyncio.sleep(seconds[n])

    def taken(runner: Runner) -> float:
        timed = virtual_time.run(runner, nap, n, LIMIT)
        assert timed.value == n
        return timed.seconds

    known = runners()
    missing = {name: why for name, why in known.items() if isinstance(why, str)}
    peers = {name: taken(r) for name, r in known.items() if not isinstance(r, str)}
    ours, naive = taken(queue), taken(barrier)
    return Row(
        WINDOW,
        n,
        ours,
        naive,
        naive / ours,
        peers,
        {name: figure / ours for name, figure in peers.items()},
        missing,
        unit="virtual s",
    )


def processors(
    name: str, work: Callable[[Any], Any], items: list[Any], rounds: int
) -> Row:
    """Wall time of a map: ours, eight processes as in the guide, a plain loop."""

    def pool() -> list[Any]:
        with multiprocessing.Pool(processes=8) as processes:
            return processes.map(work, items)

    calls: Calls = {
        "ours": partial(cpu_map, work, items),
        "naive": pool,
        "plain loop": lambda: list(map(work, items)),
    }
    return wall_row(name, len(items), walls(calls, rounds), {})


def cluster(n: int, rounds: int) -> Row:
    """The same call over Dask's workers, against a task for each item there."""
    from distributed import Client, LocalCluster

    items = [20_000] * n
    options = {"dashboard_address": None, "host": "127.0.0.1"}
    with LocalCluster(2, 1, **options) as two, Client(two) as client:
        calls: Calls = {
            "ours": partial(cpu_map, steps, items, client=client),
            "naive": lambda: client.gather(client.map(steps, items, pure=False)),
            "plain loop": lambda: list(map(steps, items)),
        }
        taken = walls(calls, rounds)
    return wall_row(DASK, n, taken, {}, unit="ms", scale=1e3)


def sqlite(rounds: int) -> Row:
    """Wall time of a query with SQLite: a kept connection, and one opened for it."""
    with TemporaryDirectory() as folder:
        return queries(LITE, f"sqlite:///{folder}/a.db", 200, rounds)


def postgres(rounds: int) -> Row:
    """The same with a real PostgreSQL, on a unix socket."""
    try:
        with postgres_server() as server:
            return queries(SERVER, server.url, 100, rounds)
    except ServerError as e:
        return Row(SERVER, 1, float("nan"), missing={"PostgreSQL": str(e)})


def queries(name: str, url: str, count: int, rounds: int) -> Row:
    """A query from our pool, SQLAlchemy's bare one, and with a new connection."""
    driver = url.replace("postgresql:", "postgresql+psycopg:")
    engines = {
        "ours": create_pool(url, 2, 0),
        "naive": create_engine(driver, poolclass=NullPool),
        "QueuePool, unchecked": create_engine(driver, pool_size=2),
    }
    with ExitStack() as stack:
        for engine in engines.values():
            stack.callback(engine.dispose)
        calls: Calls = {who: partial(ask, e, count) for who, e in engines.items()}
        taken = walls(calls, rounds)
    return wall_row(name, 1, taken, {}, unit="µs", scale=1e6 / count)


def ask(engine: Engine, count: int) -> None:
    """`count` queries."""
    for _ in range(count):
        with engine.connect() as connection:
            connection.execute(text("SELECT 1")).scalar_one()


def walls(calls: Calls, rounds: int) -> dict[str, list[float]]:
    """Seconds on the wall that each call takes, in turns, after one to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            begin = time.perf_counter()
            call()
            if turn:
                taken[name].append(time.perf_counter() - begin)
    assert all(median(times) > 0 for times in taken.values())
    return taken


def hostile(megabytes: int) -> Row:
    """Megabytes held at most while a body that unpacks to so many is fetched.

    Ours takes a million bytes and no more; httpx unpacks a chunk at a time.
    """
    packed = zstandard.compress(bytes(megabytes * MB), 19)

    class Hostile(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Encoding", "zstd")
            self.send_header("Content-Length", str(len(packed)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(packed)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        fetch_all([url], max_bytes=1)  # what is loaded once is no cost of a body
        ours = peak(lambda: fetch_all([url], max_bytes=1_000_000))
        naive = peak(lambda: httpx.get(url))
        server.shutdown()
    return Row(BOMB, megabytes, ours, naive, naive / ours, unit="MB")


def peak(work: Callable[[], object]) -> float:
    """Megabytes of Python's memory that `work` holds at most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / MB
    finally:
        tracemalloc.stop()
