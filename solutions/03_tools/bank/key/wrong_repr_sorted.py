"""misconception: text-is-identity
fails: different calls have different keys
"""

def freeze(value):
    if isinstance(value, dict):
        return "{" + ",".join(f"{k}:{freeze(v)}" for k, v in sorted(value.items(), key=str)) + "}"
    if isinstance(value, (list, tuple)):
        return str(type(value)) + ",".join(map(freeze, value))
    if isinstance(value, (str, int, float, type(None))):
        return f"{type(value).__name__} {value}"
    raise TypeError
