"""misconception: near-enough-key
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    return json.dumps({k: v for k, v in request.items() if not k.startswith(("stream", "user"))}, sort_keys=True)
