"""Store until nothing more can be written; say what was acknowledged, as JSON."""

import json
import resource
import signal
import sys

from session1.memory.manager import MemoryManager
from session1.memory.tiers.errors import StoreFull

LIMIT = 400_000  # bytes that any one file may have


def main(folder):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = MemoryManager(folder=folder, clock=lambda: 1e9)
    store.put({"id": "first", "data": "x" * 500})
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))
    stored, error = ["first"], None
    while error is None:
        try:
            stored.append(store.put({"data": "x" * 2_000}))
        except StoreFull as e:
            error = e
    # what was there is still read, and a record that is there can go
    assert store.get("first")["data"] == "x" * 500
    assert [r["id"] for r in store.retrieve_all()] == stored
    try:
        store.delete("first")
        stored.remove("first")
    except StoreFull:
        pass
    print(json.dumps({"refused": "StoreFull", "why": str(error), "stored": stored}))


if __name__ == "__main__":
    main(sys.argv[1])
