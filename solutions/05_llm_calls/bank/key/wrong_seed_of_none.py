"""misconception: dice-repeat
fails: no key for what may come out otherwise
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and "seed" not in request:
        return None
    rest = {k: v for k, v in request.items() if k not in ("stream", "user")}
    return json.dumps(rest, sort_keys=True)
