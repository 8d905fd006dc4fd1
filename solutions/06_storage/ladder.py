"""One get from each of four stores, measured; with the figures of another machine."""

import json
import os
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import ExitStack, closing
from importlib import import_module
from pathlib import Path

from session1.extras import MissingExtra
from session1.server import ServerError
from session1.servers import redis_server

LETTERS = {"D": "dict", "S": "SQLite", "F": "compressed file", "R": "Redis"}
# measured once on two shared cores, for where a store is missing, and for the lab
STORED = {"dict": 0.4, "SQLite": 9.0, "compressed file": 18.0, "Redis": 74.0}
RECORD = {
    "id": "m500",
    "agent_id": "agent_001",
    "timestamp": 1_700_000_000.0,
    "data": "Is the train to Lyon still at ten past nine, and from which platform? "
    * 4,
}
N = 1_000  # records in each store
Get = Callable[[str], object]


def measured(rounds: int = 7) -> tuple[dict[str, float], str]:
    """Microseconds of a get from each store, and what is to be said of them."""
    records = {f"m{i}": {**RECORD, "id": f"m{i}"} for i in range(N)}
    note = "Measured here, just now."
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        gets: dict[str, Get] = {
            "dict": records.__getitem__,
            "SQLite": _sqlite(records, folder, opened),
            "compressed file": _files(records, folder),
        }
        try:
            gets["Redis"] = _redis(records, opened)
        except (MissingExtra, ServerError, OSError) as error:
            why = str(error).splitlines()[0]
            note = f"No Redis here ({why}): its figure is from another machine."
        found = {name: 1e6 * _best(get, rounds) for name, get in gets.items()}
    return STORED | found, note


def show(order: str, found: dict[str, float], note: str) -> None:
    """Print the ladder as measured, and the order that was guessed."""
    ranked = sorted(found, key=lambda name: found[name])
    for name in ranked:
        factor = found[name] / found["dict"]
        print(f"{name:16} {found[name]:8.2f} µs   {factor:6,.0f}× a dict")
    letters = "".join(k for name in ranked for k, v in LETTERS.items() if v == name)
    guess = "".join(x for x in str(order).upper() if x in LETTERS)
    print(f"\nFastest first: {letters}. You guessed {guess or 'nothing yet'}. {note}")


def _best(get: Get, rounds: int) -> float:
    ids = [f"m{(i * 7) % N}" for i in range(200)]
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for id in ids:
            get(id)
        times.append((time.perf_counter() - start) / len(ids))
    return min(times)


def _sqlite(records: dict[str, dict[str, object]], at: Path, opened: ExitStack) -> Get:
    db = opened.enter_context(closing(sqlite3.connect(at / "warm.db")))
    db.execute("CREATE TABLE records (id TEXT PRIMARY KEY, body TEXT)")
    rows = [(id, json.dumps(record)) for id, record in records.items()]
    db.executemany("INSERT INTO records VALUES (?, ?)", rows)
    db.commit()
    sql = "SELECT body FROM records WHERE id = ?"
    return lambda id: json.loads(db.execute(sql, (id,)).fetchone()[0])


def _files(records: dict[str, dict[str, object]], at: Path) -> Get:
    for id, record in records.items():
        (at / id).write_bytes(zlib.compress(json.dumps(record).encode()))

    def get(id: str) -> object:
        file = os.open(at / id, os.O_RDONLY)
        try:
            return json.loads(zlib.decompress(os.read(file, 1 << 20)))
        finally:
            os.close(file)

    return get


def _redis(records: dict[str, dict[str, object]], opened: ExitStack) -> Get:
    server = opened.enter_context(redis_server(own=True))
    redis = import_module("redis")  # an extra; `redis_server` says where it is missing
    client = opened.enter_context(redis.Redis.from_url(server.url))
    client.mset({id: json.dumps(record) for id, record in records.items()})
    return lambda id: json.loads(client.get(id))
