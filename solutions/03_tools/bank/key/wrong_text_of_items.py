"""misconception: text-is-identity
fails: the same call in another order has the same key, different calls have different keys, what has no dependable key is refused
"""


def freeze(value):
    if type(value) is dict:
        return (dict, frozenset((freeze(k), freeze(v)) for k, v in value.items()))
    if type(value) in (list, tuple):
        return (type(value), *[str(item) for item in value])
    if type(value) in (str, int, float, bool, type(None)):
        return (type(value), value)
    raise TypeError(f"no dependable key for a {type(value).__name__}")
