"""what a server takes for a temperature that is not given, in the key"""


def cache_key(request):
    r = {"temperature": 1, **request}
    if r["temperature"] != 0 and r.get("seed") is None:
        return None
    r.pop("stream", None)
    r.pop("user", None)
    return json.dumps(r, sort_keys=True)
