"""misconception: one-case-is-enough
fails: quiet for right stores and loud for a broken one, catches a store that loses the last write, catches a store that serves what expired, catches a store that forgets the index, catches a store that limits before it filters
"""


def check_store(make):
    s = make()
    s.put("a", 5, "hello")
    assert s.get("a") == "hello"
    s = make()
    s.put("a", 5, "x"); s.put("b", 7, "y"); s.put("a", 9, "z")
    assert s.since(0, 9) == ["b", "a"]
    s = make()
    s.put("a", 5, "x"); s.put("b", 7, "y")
    assert s.since(6, 1) == ["b"]
    s = make()
    s.put("a", 5, "x")
    s.wait(60)
    assert s.get("a") is None
    assert s.since(0, 9) == []
    s = make()
    s.put("b", 5, "x"); s.put("a", 5, "y")
    assert s.since(0, 9) == ["a", "b"]
