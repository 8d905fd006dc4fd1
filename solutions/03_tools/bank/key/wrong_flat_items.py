"""misconception: shallow-is-enough
fails: different calls have different keys
"""

def freeze(value):
    if type(value) is dict:
        return (dict, frozenset((freeze(k), freeze(v)) for k, v in value.items()))
    if type(value) in (list, tuple):
        return (type(value), *[x for item in value for x in freeze(item)])
    if type(value) in (str, int, float, bool, type(None)):
        return (type(value), value)
    raise TypeError(f"no dependable key for a {type(value).__name__}")
