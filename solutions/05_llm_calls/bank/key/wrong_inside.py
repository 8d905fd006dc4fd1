"""misconception: every-difference-counts
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    def clean(x):
        if isinstance(x, dict):
            return {k: clean(v) for k, v in x.items() if k not in ("stream", "user")}
        if isinstance(x, list):
            return [clean(v) for v in x]
        return x
    return json.dumps(clean(request), sort_keys=True)
