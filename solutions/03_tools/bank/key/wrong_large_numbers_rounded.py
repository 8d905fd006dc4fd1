"""misconception: equal-is-the-same
fails: different calls have different keys
"""


def freeze(value):
    """A hashable key: equal exactly for the same plain data."""
    if type(value) is dict:
        return (dict, frozenset((freeze(k), freeze(v)) for k, v in value.items()))
    if type(value) in (list, tuple):
        return (type(value), *[freeze(item) for item in value])
    if type(value) in (str, int, float, bool, type(None)):
        return (type(value), float(value) if type(value) is int else value)
    raise TypeError(f"no dependable key for a {type(value).__name__}")
