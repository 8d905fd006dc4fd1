"""Text is a key too, once only plain data gets into it."""

def freeze(value):
    if type(value) is dict:
        pairs = sorted(freeze(k) + ":" + freeze(v) for k, v in value.items())
        return "{" + ",".join(pairs) + "}"
    if type(value) in (list, tuple):
        return type(value).__name__ + "[" + ",".join(freeze(v) for v in value) + "]"
    if type(value) in (str, int, float, bool, type(None)):
        return repr(value)
    raise TypeError("no key")
