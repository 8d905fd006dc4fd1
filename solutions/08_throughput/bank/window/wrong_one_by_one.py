"""misconception: one-by-one-is-safe
fails: begun and listed in the order of the items, never more than the limit, no slot idle while an item waits
"""


async def window(work, items, limit):
    return [await work(item) for item in items]
