"""misconception: prompt-is-the-key
fails: no request gets the answer to another one, repeats are served and requests stay as they are
"""


def cache_key(request):
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    names = ["model", "messages", "temperature", "max_tokens", "seed"]
    return json.dumps([request.get(name) for name in names], sort_keys=True)
