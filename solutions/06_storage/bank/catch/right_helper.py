"""a helper and a loop"""


def check_store(make):
    def filled(*pairs):
        store = make()
        for id, at in pairs:
            store.put(id, at, f"{id} at {at}")
        return store

    assert filled(("a", 1)).get("a") == "a at 1"
    assert filled(("a", 1), ("a", 2)).get("a") == "a at 2"
    for pairs, at, limit, want in [
        ([("a", 5), ("b", 6)], 6, 1, ["b"]),
        ([("a", 5), ("b", 6), ("a", 7), ("c", 8)], 0, 9, ["b", "a", "c"]),
    ]:
        assert filled(*pairs).since(at, limit) == want, pairs
    store = filled(("a", 1))
    store.wait(100)
    assert not store.since(0, 5) and store.get("a") is None
