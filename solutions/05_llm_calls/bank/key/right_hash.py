"""a digest of the sorted fields"""


def cache_key(request):
    repeats = "seed" in request and request["seed"] is not None
    if not repeats and ("temperature" not in request or request["temperature"] > 0):
        return None
    digest = hashlib.sha256()
    for name in sorted(set(request) - {"stream", "user"}):
        part = json.dumps([name, request[name]], sort_keys=True)
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()
