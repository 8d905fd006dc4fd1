"""misconception: order-is-part-of-the-call
fails: the same call in another order has the same key
"""

def freeze(value):
    if type(value) is dict:
        pairs = sorted(value.items(), key=lambda pair: str(pair[0]))
        return (dict, *[(freeze(k), freeze(v)) for k, v in pairs])
    if type(value) in (list, tuple):
        return (type(value), *[freeze(item) for item in value])
    if type(value) in (str, int, float, bool, type(None)):
        return (type(value), value)
    raise TypeError("no")
