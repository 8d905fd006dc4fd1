"""misconception: order-is-part-of-the-call
fails: repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    told = {name: request[name] for name in request if name not in ("stream", "user")}
    return json.dumps(told)
