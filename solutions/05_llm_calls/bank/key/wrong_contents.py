"""misconception: prompt-is-the-key
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    rest = {k: v for k, v in request.items() if k not in ("stream", "user")}
    rest["messages"] = [(m["role"], m["content"]) for m in request["messages"]]
    return json.dumps(rest, sort_keys=True)
