"""misconception: text-is-identity
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    def freeze(v):
        if isinstance(v, dict):
            return tuple(sorted((k, freeze(x)) for k, x in v.items()))
        if isinstance(v, list):
            return tuple(map(freeze, v))
        return str(v)
    return freeze({k: v for k, v in request.items() if k not in ("stream", "user")})
