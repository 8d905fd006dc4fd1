"""No empty.

misconception: assert-nothing
fails: quiet for right packers and loud for a wrong one, catches a packer that stops at the first text that does not fit, catches a packer that leaves the last character unused
"""

def check_pack(pack):
    assert pack(["aa", "bb"], 4) != "aa\nbb"
    assert pack(["aa", "bb"], 5, " -- ") != "aa -- bb"
