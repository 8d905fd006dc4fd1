"""misconception: one-case-is-enough
fails: catches a store that serves what expired, catches a store that forgets the index, catches a store that limits before it filters
"""


def check_store(make):
    store = make()
    store.put("a", 5, "hello")
    assert store.get("a") == "hello"
