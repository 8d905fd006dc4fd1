"""misconception: empty-is-missing
fails: repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and not request.get("seed"):
        return None
    told = {name: request[name] for name in request if name not in ("stream", "user")}
    return json.dumps(told, sort_keys=True)
