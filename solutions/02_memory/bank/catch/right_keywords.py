"""Keywords."""

def check_pack(pack):
    assert pack(texts=["one", "two"], budget=7) == "one\ntwo"
    assert pack(texts=["one", "two"], budget=6) == "one"
    assert pack(texts=["way too long", "ok"], budget=5, sep="\n") == "ok"
    assert pack(["one", "two"], 8, sep=" -- ") == "one"
