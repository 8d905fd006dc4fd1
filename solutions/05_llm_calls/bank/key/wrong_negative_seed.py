"""misconception: empty-is-missing
fails: repeats are served and requests stay as they are
"""


def cache_key(request):
    seed = request.get("seed", -1)
    if request.get("temperature", 1) != 0 and (seed is None or seed < 0):
        return None
    return json.dumps({k: v for k, v in request.items() if k not in ("stream", "user")}, sort_keys=True)
