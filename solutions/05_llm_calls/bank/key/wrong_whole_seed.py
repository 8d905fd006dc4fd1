"""misconception: one-case-is-enough
fails: repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and not isinstance(request.get("seed"), int):
        return None
    return json.dumps(
        {k: v for k, v in request.items() if k not in ("stream", "user")},
        sort_keys=True,
    )
