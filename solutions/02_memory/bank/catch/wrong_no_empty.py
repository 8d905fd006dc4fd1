"""No empty.

misconception: assert-nothing
fails: ?
"""

def check_pack(pack):
    assert pack(["aa", "bb"], 4) != "aa\nbb"
    assert pack(["aa", "bb"], 5, " -- ") != "aa -- bb"
