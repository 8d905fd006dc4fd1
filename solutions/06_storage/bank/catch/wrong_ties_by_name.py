"""misconception: one-case-is-enough
fails: quiet for right stores and loud for a broken one, catches a store that loses the last write, catches a store that serves what expired, catches a store that forgets the index, catches a store that limits before it filters
"""


def check_store(make):
    s = make()
    s.put("a", 1, "x")
    s.put("c", 1, "x")
    assert s.since(0, 9) == ["a", "c"]
    s.put("a", 5, "y")
    assert s.get("a") == "y"
    assert s.since(2, 9) == ["a"]
    s.put("b", 9, "z")
    assert s.since(6, 1) == ["b"]
    s.wait(60)
    assert s.get("a") is None and s.get("b") is None
    assert s.since(0, 9) == []
