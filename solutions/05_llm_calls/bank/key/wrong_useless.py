"""misconception: never-keep
fails: no request gets the answer to another one, repeats are served and requests stay as they are, no key for what may come out otherwise
"""


def cache_key(request):
    return None
