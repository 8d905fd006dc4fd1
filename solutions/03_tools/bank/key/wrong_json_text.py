"""misconception: text-is-identity
fails: the same call in another order has the same key, different calls have different keys, what has no dependable key is refused
"""

import json


def freeze(value):
    """A hashable key: equal exactly for the same plain data."""
    return json.dumps(value, sort_keys=True)
