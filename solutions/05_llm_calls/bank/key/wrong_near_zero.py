"""misconception: dice-repeat
fails: no key for what may come out otherwise
"""


def cache_key(request):
    if request.get("temperature", 1) >= 0.005 and request.get("seed") is None:
        return None
    return json.dumps({k: v for k, v in request.items() if k not in ("stream", "user")}, sort_keys=True)
