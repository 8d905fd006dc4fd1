"""Sorted by the text of the frozen pairs: as blind to order as a set."""

def freeze(value):
    if type(value) is dict:
        return (dict, tuple(sorted(((freeze(k), freeze(v)) for k, v in value.items()), key=repr)))
    if type(value) in (list, tuple):
        return (type(value), *[freeze(item) for item in value])
    if type(value) in (str, int, float, bool, type(None)):
        return (type(value), value)
    raise TypeError(f"no dependable key for a {type(value).__name__}")
