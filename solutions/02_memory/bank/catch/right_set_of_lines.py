"""Set of lines."""

def check_pack(pack):
    assert sorted(pack(["b", "a"], 3).split("\n")) == ["a", "b"]
    assert len(pack(["aa", "bb"], 4)) <= 4
    assert pack(["much too long", "ok"], 5) == "ok"
    assert pack(["exact"], 5) == "exact"
    assert len(pack(["aa", "bb"], 6, "----")) <= 6
