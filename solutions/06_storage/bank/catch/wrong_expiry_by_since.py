"""misconception: one-case-is-enough
fails: catches a store that serves what expired
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
    assert s.since(0, 9) == []
