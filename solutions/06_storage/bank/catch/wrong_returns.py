"""misconception: assert-nothing
fails: quiet for right stores and loud for a broken one, catches a store that loses the last write, catches a store that serves what expired, catches a store that forgets the index, catches a store that limits before it filters
"""


def check_store(make):
    s = make()
    s.put("a", 1, "x")
    s.put("b", 2, "y")
    s.put("a", 3, "z")
    print(s.since(0, 5), s.get("a"))
    return s.since(0, 5) == ["b", "a"]
