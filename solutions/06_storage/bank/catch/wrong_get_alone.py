"""misconception: one-case-is-enough
fails: catches a store that forgets the index, catches a store that limits before it filters, catches a store that serves what expired
"""


def check_store(make):
    store = make()
    store.put("a", 5, "one")
    assert store.get("a") == "one"
    store.put("a", 6, "two")
    assert store.get("a") == "two"
    store.wait(61)
    assert store.get("a") is None
