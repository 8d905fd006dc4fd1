"""No skip.

misconception: break-on-first
fails: catches a packer that stops at the first text that does not fit
"""

def check_pack(pack):
    assert pack(["one", "two"], 7) == "one\ntwo"
    assert pack(["one", "two"], 6) == "one"
    assert pack(["one", "two"], 8, " -- ") == "one"
