"""Kill a process that works on a store, at random points, again and again.

A parent forks a child that does random work and tells, over a pipe, what it is about
to do and what was acknowledged. The child ends at a random line of the store's code, or
of a system call that it makes there (os._exit), or by a SIGKILL from outside. Then the
parent opens the store and compares. Arguments: FOLDER KILLS SEED [URL].
"""

import gc
import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from session1.memory import manager as module
from session1.memory.manager import MemoryManager
from session1.memory.tiers import cold, migration

OURS = str(Path(module.__file__).parent)
MOVES = (migration.__file__, cold.__file__)  # where most can go wrong
HOUR = 3600.0
IDS = [f"r{n}" for n in range(12)]
NOW = 1_000_000.0
EXITED, FAILED = 9, 3
migration.BATCH, migration.BATCH_BYTES = 3, 600  # few records take several steps


def config(url):
    hot = {"ttl": 60, "max_size_mb": 0.002}
    if url:
        hot |= {"backend": "redis", "url": url}
    return {
        "hot_tier": hot,
        "warm_tier": {"ttl": HOUR, "max_size_mb": 0.0012},
        "cold_tier": {"ttl": 1e9, "compression": True},
    }


def opened(folder, url, clock):
    return MemoryManager(config(url), folder=folder, clock=clock)


def plan(rng):
    """Some operations: (what, argument), all that they do is known beforehand."""
    for _ in range(rng.randint(1, 9)):
        what = rng.choice(
            ["put", "put", "many", "get", "get", "delete", "where", "clean", "index"]
        )
        value = rng.randint(0, 4)
        if what == "put":
            yield what, [(rng.choice(IDS), rng.randbytes(40).hex(), value)]
        elif what == "many":
            some = rng.sample(IDS, 3)
            yield what, [(id, rng.randbytes(40).hex(), value) for id in some]
        elif what in ("get", "delete"):
            yield what, rng.choice(IDS)
        else:
            yield what, value


def expected(model, what, value):
    """What the store holds after an operation: {id: [data, group]}."""
    after = dict(model)
    if what in ("put", "many"):
        after |= {id: [data, group] for id, data, group in value}
    elif what == "delete":
        after.pop(value, None)
    elif what == "where":
        after = {id: held for id, held in model.items() if held[1] != value}
    return after


def act(store, what, value):
    if what in ("put", "many"):
        store.put_many({"id": i, "data": d, "group": g} for i, d, g in value)
    elif what == "get":
        return store.get(value)
    elif what == "delete":
        store.delete(value)
    elif what == "where":
        store.delete_where({"group": value})
    elif what == "clean":
        store.cleanup(NOW + 2 * HOUR)
    else:
        store.create_index("group")
    return None


def child(folder, url, seed, pipe):
    """Work until something ends it; each line is one write, whole or not there."""
    rng = random.Random(seed)
    how = way_to_die(seed)
    if how == "line":
        if rng.random() < 0.5:
            die_at_a_line(rng.randint(1, 2_000), OURS)
        else:
            die_at_a_line(rng.randint(1, 250), MOVES)
    elif how == "call":
        die_at_a_call(rng.randint(1, 50))
    store = opened(folder, url, lambda: NOW)
    while True:  # until something ends it
        for what, value in plan(rng):
            os.write(pipe, json.dumps(["do", what, value]).encode() + b"\n")
            got = act(store, what, value)
            os.write(pipe, json.dumps(["done", got]).encode() + b"\n")
        if rng.random() < 0.3:
            store.close()
            store = opened(folder, url, lambda: NOW)


def die_at_a_line(lines, files):
    left = lines

    def local(frame, event, arg):
        nonlocal left
        left -= event == "line"
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return local

    sys.settrace(
        lambda f, e, a: local if f.f_code.co_filename.startswith(files) else None
    )


def die_at_a_call(calls):
    """Before or after a file is opened, synced, renamed, or removed."""
    left = calls
    watched = {"open", "os.rename", "os.remove", "os.listdir", "os.scandir"}

    def step():
        nonlocal left
        left -= 1
        if left <= 0:
            os._exit(EXITED)

    sys.addaudithook(lambda event, args: step() if event in watched else None)
    sync = os.fsync

    def fsync(handle):
        step()
        sync(handle)
        step()

    os.fsync = fsync


def one(folder, url, seed, model):
    """Fork, wait for the death, compare; the model afterwards."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        try:
            child(folder, url, seed, theirs)
        finally:
            sys.settrace(None)
            os._exit(FAILED)
    os.close(theirs)
    if way_to_die(seed) == "signal":
        time.sleep(random.Random(-seed).random() * 0.01)
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(ours, "rb") as pipe:
        said = [json.loads(line) for line in pipe if line.endswith(b"\n")]
    _, status = os.waitpid(pid, 0)
    assert status in (signal.SIGKILL, EXITED << 8), f"seed {seed}: the child failed"
    return settle(folder, url, seed, model, said)


def way_to_die(seed):
    return ("line", "call", "signal")[seed % 3]


def settle(folder, url, seed, model, said):
    """Compare the store with the model; what was in flight may have happened or not."""
    maybe = [model]
    doing = None
    for what, *rest in said:
        if what == "do":
            doing = rest
            maybe = [model, expected(model, *rest)]
        elif what == "done":
            if doing[0] == "get":
                held = model.get(doing[1])
                got = rest[0] and [rest[0]["data"], rest[0]["group"]]
                assert got == held, f"seed {seed}: got {got}, not {held}"
            model = expected(model, *doing)
            maybe = [model]
    with opened(folder, url, lambda: NOW) as store:
        found = list(store.retrieve_all())
        ids = [record["id"] for record in found]
        held = {r["id"]: [r["data"], r["group"]] for r in found}
        assert len(ids) == len(held) == len(store), f"seed {seed}: doubled"
        assert held in maybe, f"seed {seed}: {said}\nholds {held}\nnot any of {maybe}"
        for id in IDS:
            record = store.get(id)
            assert (record and [record["data"], record["group"]]) == held.get(id)
        group = seed % 5
        by_group = {r["id"] for r in store.retrieve({"group": group})}
        assert by_group == {id for id, (_, g) in held.items() if g == group}
        assert store.verify() == [], f"seed {seed}"
    return held


def main(folder, kills, seed, url=None):
    gc.freeze()  # a forked child then need not copy what it only reads
    folder, model, start = Path(folder), {}, time.monotonic()
    for turn in range(kills):
        if turn % 50 == 0:  # a new store, so that its making is cut short as well
            shutil.rmtree(folder, ignore_errors=True)
            model = {}
        model = one(folder, url, seed + turn, model)
    print(json.dumps({"kills": kills, "seconds": round(time.monotonic() - start, 1)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
