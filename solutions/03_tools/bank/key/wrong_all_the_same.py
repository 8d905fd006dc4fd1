"""misconception: a-cache-runs-once
fails: the same call in another order has the same key, different calls have different keys, what has no dependable key is refused
"""

def freeze(value):
    if type(value) is object:
        raise TypeError("no key")
    return ()
