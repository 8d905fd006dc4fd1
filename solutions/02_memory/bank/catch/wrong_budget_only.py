"""misconception: one-case-is-enough
fails: quiet for right packers and loud for a wrong one, catches a packer that stops at the first text that does not fit, catches a packer that leaves the last character unused
"""

def check_pack(pack):
    assert len(pack(["aa", "bb"], 4, "\n")) <= 4
    assert len(pack(["aa", "bb"], 5, " -- ")) <= 5
