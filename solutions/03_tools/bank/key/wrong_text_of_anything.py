"""misconception: text-is-identity
fails: the same call in another order has the same key, what has no dependable key is refused
"""

def freeze(value):
    return repr(value)
