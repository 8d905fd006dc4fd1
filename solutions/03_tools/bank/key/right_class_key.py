class Key:
    def __init__(self, kind, parts):
        self.kind, self.parts = kind, parts

    def __eq__(self, other):
        return (self.kind, self.parts) == (other.kind, other.parts)

    def __hash__(self):
        return hash((self.kind, self.parts))


def freeze(value):
    kind = type(value)
    if kind is dict:
        return Key(kind, frozenset((freeze(k), freeze(v)) for k, v in value.items()))
    if kind in (list, tuple):
        return Key(kind, tuple(freeze(v) for v in value))
    if kind in (str, int, float, bool) or value is None:
        return Key(kind, value)
    raise TypeError(kind)
