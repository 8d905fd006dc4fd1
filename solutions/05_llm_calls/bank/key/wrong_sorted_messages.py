"""misconception: every-difference-counts
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    r = {k: v for k, v in request.items() if k not in ("stream", "user")}
    r["messages"] = sorted(json.dumps(m, sort_keys=True) for m in r["messages"])
    return json.dumps(r, sort_keys=True)
