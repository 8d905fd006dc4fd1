"""misconception: equal-is-the-same
fails: different calls have different keys
"""

def freeze(value):
    """A hashable key: equal exactly for the same plain data."""
    if type(value) is dict:
        return (dict, frozenset((freeze(k), freeze(v)) for k, v in value.items()))
    if type(value) in (list, tuple):
        return (type(value), *[hash(freeze(item)) for item in value])
    if type(value) in (str, int, float, bool, type(None)):
        return (type(value), value)
    raise TypeError(f"no dependable key for a {type(value).__name__}")
