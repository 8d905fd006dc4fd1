"""Where work belongs: eight jobs, and some of them measured on this machine."""

import random
import time
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pool
from typing import Any

PLACES = ("loop", "threads", "processes", "cluster")
FORM = 'each job with one of "loop", "threads", "processes", "cluster"'
# Where to look, by what was chosen: what has no entry is right.
JOBS: dict[str, dict[str, str]] = {
    "ask a model 200 times with an async client": {
        "threads": "the client awaits: one thread is enough for all 200",
        "processes": "it waits and does not compute: a process for that is wasted",
        "cluster": "the model computes, elsewhere: you only wait",
    },
    "200 queries of 50 ms with a driver that blocks": {
        "loop": "a call that blocks stops the loop: 200 × 50 ms, one by one",
        "processes": "it waits for the database, and releases the GIL: less will do",
        "cluster": "200 × 50 ms of waiting fit into one process",
    },
    "the means of 500 short lists": {
        "threads": "they take turns at the GIL, and this is over before they begin",
        "processes": "to send a list costs more than to add it up: see Pool(8) above",
        "cluster": "it takes less than a millisecond",
    },
    "repeated phrases in 5000 talks: 20 ms of Python each": {
        "loop": "100 s of work on one processor; the others have nothing to do",
        "threads": "pure Python: only one thread at a time has the GIL",
        "cluster": "100 s and some megabytes fit into one machine",
    },
    "compress 200 large files with zlib": {
        "loop": "each file would stop the loop while it is compressed",
        "processes": "zlib releases the GIL: threads need not send the files anywhere",
        "cluster": "200 files fit into one machine",
    },
    "parse the 2 kB of JSON that a tool returned": {
        "threads": "it takes some microseconds: to hand it over takes longer",
        "processes": "it takes microseconds, and to send it a hundred times that",
        "cluster": "it takes some microseconds",
    },
    "count words in 40 TB of logs on 50 machines": {
        "loop": "days, after all of it was copied to one machine",
        "threads": "one machine cannot even hold it: send the work to the data",
        "processes": "one machine cannot even hold it: send the work to the data",
    },
    "10000 pictures: 80 ms each in a pure Python library": {
        "loop": "800 s of work on one processor; the others have nothing to do",
        "threads": "pure Python: only one thread at a time has the GIL",
        "cluster": "13 minutes of one processor fit into one machine",
    },
}


BUSY = 1.3  # times as fast: where less is gained, the processors are not free
NAMES = {"event loop": "loop", "thread": "threads", "process": "processes"}


def place_of(value: Any) -> str:
    """The place that an answer means; empty if it is none of the four."""
    place = value.strip().lower() if isinstance(value, str) else ""
    place = NAMES.get(place, place)
    return place if place in PLACES else ""


def missing(where: Any) -> str:
    """What is missing in an answer, in words; empty if nothing is."""
    if not isinstance(where, Mapping):
        return "a dict, as it was: each job with a place"
    for job in JOBS:
        if job not in where:
            return f"the job “{job}” has to be there, as it was written"
        if not place_of(where[job]):
            return f"which of the four places is it for “{job}”?"
    return ""


def is_right(job: str, value: Any) -> bool:
    """Whether the job belongs there."""
    place = place_of(value)
    return bool(place) and place not in JOBS[job]


def look_at(job: str, value: Any) -> str:
    """Where to look when the job does not belong there."""
    return JOBS[job].get(place_of(value), "")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of a plain loop and of another place."""

    loop: float
    other: float
    name: str

    @property
    def times(self) -> float:
        """How many times as fast the other place is."""
        return self.loop / self.other

    def __str__(self) -> str:
        return (
            f"loop {1e3 * self.loop:.1f} ms, {self.name} {1e3 * self.other:.1f} ms: "
            f"{self.times:.4f} times as fast"
        )


def timed(work: Callable[[], Any]) -> float:
    """Seconds on the wall."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def mean(values: Sequence[float]) -> float:
    """The guide's work for a processor."""
    return sum(values) / len(values)


def mean_with_pool(count: int, processes: int = 8) -> Times:
    """Means of so many short lists, in a loop and in `Pool(8)`."""
    lists = [[float(i + n) for n in range(20)] for i in range(count)]

    def pooled() -> None:
        with Pool(processes) as pool:
            pool.map(mean, lists)

    return Times(timed(partial(list, map(mean, lists))), timed(pooled), "Pool(8)")


def phrases(text: str) -> int:
    """Runs of up to five words that come again: pure Python, some milliseconds."""
    words = text.split()
    seen = Counter(
        tuple(words[i : i + n]) for n in range(1, 6) for i in range(len(words) - n + 1)
    )
    return sum(count > 1 for count in seen.values())


def compressed(data: bytes) -> int:
    """Bytes of `data` under zlib, which releases the GIL."""
    return len(zlib.compress(data, 6))


def blocking(seconds: float) -> None:
    """A driver that blocks."""
    time.sleep(seconds)


def measure() -> None:
    """Print how much faster than a plain loop three jobs are in other places."""
    words = [f"w{i * i % 700}" for i in range(4000)]
    texts = [" ".join(words[i:] + words[:i]) for i in range(64)]
    lot = random.Random(8)
    data = [lot.randbytes(300_000).hex().encode() for _ in range(24)]
    jobs: list[tuple[str, Callable[[Any], Any], Sequence[Any]]] = [
        ("24 queries that block for 20 ms", blocking, [0.02] * 24),
        ("24 files under zlib", compressed, data),
        ("64 talks in pure Python", phrases, texts),
    ]
    print(f"{'':32}{'loop':>9}{'2 threads':>11}{'2 processes':>13}")
    with ThreadPoolExecutor(2) as threads, Pool(2) as processes:
        processes.map(abs, [1, 2])  # they are there
        gains = []
        for name, work, items in jobs:
            loop = timed(partial(list, map(work, items)))
            thread = loop / timed(lambda w=work, i=items: list(threads.map(w, i)))
            process = loop / timed(partial(processes.map, work, items))
            gains.append(max(thread, process))
            print(f"{name:32}{1e3 * loop:6.0f} ms{thread:10.1f}x{process:12.1f}x")
    if min(gains) < BUSY:
        print("Other programs keep the processors busy: alone, each row would gain.")
