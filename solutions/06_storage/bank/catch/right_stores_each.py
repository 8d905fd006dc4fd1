"""a store for each promise"""


def check_store(make):
    store = make()
    store.put("x", 1, "")
    if store.get("x") != "":
        raise AssertionError("lost")
    store.wait(30)
    assert store.get("x") == ""
    store.wait(31)
    assert store.get("x") is None
    assert not store.since(0, 5)

    store = make()
    for id, at in [("a", 1), ("b", 2), ("c", 3), ("a", 4)]:
        store.put(id, at, id)
    assert list(store.since(2, 5)) == ["b", "c", "a"]
    assert list(store.since(3, 1)) == ["c"]
    assert store.get("nobody") is None
