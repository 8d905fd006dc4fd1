"""misconception: assert-nothing
fails: quiet for right stores and loud for a broken one, catches a store that loses the last write, catches a store that serves what expired, catches a store that forgets the index, catches a store that limits before it filters
"""


def check_store(make):
    try:
        s = make()
        s.put("a", 1, "x")
        assert s.get("a") == "x"
        s.wait(60)
        assert s.get("a") is None
    except AssertionError:
        print("broken!")
