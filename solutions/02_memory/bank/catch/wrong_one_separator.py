"""misconception: one-case-is-enough
fails: catches a packer that takes every separator for one character
"""

def check_pack(pack):
    assert pack(["aa", "bb"], 5, "\n") == "aa\nbb"
    assert pack(["aa", "bb"], 4, "\n") == "aa"
    assert pack(["too long", "ok"], 4, "\n") == "ok"
