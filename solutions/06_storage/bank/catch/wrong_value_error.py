"""misconception: assert-nothing
fails: quiet for right stores and loud for a broken one, catches a store that loses the last write, catches a store that serves what expired, catches a store that forgets the index, catches a store that limits before it filters
"""


def check_store(make):
    s = make()
    s.put("a", 1, "x")
    if s.get("a") != "x":
        raise ValueError("lost")
    s.wait(61)
    if s.get("a"):
        raise ValueError
