"""misconception: joined-is-apart
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    said = "\n".join(f"{m['role']}: {m['content']}" for m in request["messages"])
    rest = {
        name: value
        for name, value in request.items()
        if name not in ("model", "messages", "stream", "user")
    }
    return f"{request['model']}:{said}:{json.dumps(rest, sort_keys=True)}"
