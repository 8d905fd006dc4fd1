"""misconception: every-difference-counts
fails: repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    return json.dumps(request, sort_keys=True)
