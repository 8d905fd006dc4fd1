"""misconception: every-difference-counts
fails: no request gets the answer to another one
"""
def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    told = {name: request[name] for name in request if name not in ("stream", "user")}
    return hash(json.dumps(told, sort_keys=True))
