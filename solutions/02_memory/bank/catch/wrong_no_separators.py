"""No separators.

misconception: free-separators
fails: catches a packer that does not count separators, catches a packer that takes every separator for one character
"""

def check_pack(pack):
    assert pack(["one", "two"], 7) == "one\ntwo"
    assert pack(["far too long", "ok"], 5) == "ok"
    assert pack(["a", "b"], 1) == "a"
