"""Newline only.

misconception: free-separators
fails: catches a packer that takes every separator for one character
"""

def check_pack(pack):
    assert pack(["one", "two"], 7) == "one\ntwo"
    assert pack(["one", "two"], 6) == "one"
    assert pack(["far too long", "ok"], 5) == "ok"
