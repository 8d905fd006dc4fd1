"""stories in one line"""


def check_store(make):
    def story(*steps):
        s = make()
        return [getattr(s, name)(*args) for name, *args in steps]

    want = lambda got, right: got == right or (_ for _ in ()).throw(AssertionError(f"{got}"))
    want(story(("put", "k", 3.5, ""), ("wait", 59.5), ("get", "k"), ("wait", 0.5), ("get", "k"), ("since", 0, 3)), [None, None, "", None, None, []])
    want(story(("put", "k", 1, "a"), ("put", "l", 2, "b"), ("since", 2, 1), ("put", "k", 3, "c"), ("since", 1, 9), ("since", 0, 0)), [None, None, ["l"], None, ["l", "k"], []])
