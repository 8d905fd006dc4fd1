"""misconception: dice-repeat
fails: no key for what may come out otherwise
"""


def cache_key(request):
    if request.get("temperature") and request.get("seed") is None:
        return None
    told = {name: request[name] for name in request if name not in ("stream", "user")}
    return json.dumps(told, sort_keys=True)
