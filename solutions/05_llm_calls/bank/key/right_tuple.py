"""a frozen tree of pairs instead of text"""


def cache_key(request):
    def freeze(value):
        if isinstance(value, dict):
            return frozenset((k, freeze(v)) for k, v in value.items())
        if isinstance(value, list):
            return tuple(map(freeze, value))
        return value

    dice = request.get("temperature", 1)
    if dice and request.get("seed") is None:
        return None
    rest = dict(request)
    rest.pop("stream", None)
    rest.pop("user", None)
    return freeze(rest)
