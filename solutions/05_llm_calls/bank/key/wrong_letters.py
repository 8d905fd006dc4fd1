"""misconception: similar-is-same
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    told = {k: v for k, v in request.items() if k not in ("stream", "user")}
    return json.dumps(told, sort_keys=True, ensure_ascii=False).encode("ascii", "ignore").decode()
