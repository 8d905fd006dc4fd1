"""misconception: empty-is-missing
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    rest = {k: v for k, v in request.items() if k not in ("stream", "user") and v}
    return json.dumps(rest, sort_keys=True)
