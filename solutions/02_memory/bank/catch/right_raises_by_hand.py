"""`raise AssertionError` is what `assert` does."""

def check_pack(pack):
    for texts, budget, sep, want in [
        (["aaaa", "b"], 3, "\n", "b"),
        (["a", "b"], 2, "\n", "a"),
        (["a", "b"], 3, "\n", "a\nb"),
        (["a", "b"], 4, "---", "a"),
    ]:
        if pack(texts, budget, sep) != want:
            raise AssertionError((texts, budget, sep))
