"""misconception: text-is-identity
fails: different calls have different keys, the same call in another order has the same key
"""

import json


def freeze(value):
    def text(v):
        if type(v) is dict:
            return {str(k): text(x) for k, x in v.items()}
        return [text(x) for x in v] if type(v) in (list, tuple) else v

    return json.dumps(text(value), sort_keys=True)
