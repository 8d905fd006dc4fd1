"""misconception: text-is-identity
fails: what has no dependable key is refused
"""

def freeze(value):
    if type(value) is dict:
        return (dict, frozenset((freeze(k), freeze(v)) for k, v in value.items()))
    if type(value) in (list, tuple):
        return (type(value), *[freeze(item) for item in value])
    if type(value) in (str, int, float, bool, type(None)):
        return (type(value), value)
    return (type(value), value)
    raise TypeError(f"no dependable key for a {type(value).__name__}")
