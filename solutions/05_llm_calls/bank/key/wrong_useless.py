"""misconception: never-keep
fails: no request gets the answer to another one, repeats are served, no key for what may come out otherwise
"""


def cache_key(request):
    return None
