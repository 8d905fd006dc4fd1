"""misconception: limit-is-a-hint
fails: catches a store that limits before it filters, catches a store that serves what expired
"""


def check_store(make):
    store = make()
    store.put("a", 5, "one")
    assert store.get("a") == "one"
    store.put("b", 6, "two")
    store.put("a", 7, "three")
    store.put("c", 8, "four")
    assert store.since(0, 100) == ["b", "a", "c"]
    assert store.since(8, 100) == ["c"]
    store.wait(61)
    assert store.since(0, 100) == []
