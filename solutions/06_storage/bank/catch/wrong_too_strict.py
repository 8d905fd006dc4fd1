"""misconception: off-by-one
fails: quiet for right stores and loud for a broken one, catches a store that loses the last write, catches a store that serves what expired, catches a store that forgets the index, catches a store that limits before it filters
"""


def check_store(make):
    store = make()
    store.put("a", 5, "one")
    assert store.get("a") == "one"
    store.wait(60)
    assert store.get("a") == "one", "60 seconds are still allowed"
