"""misconception: limit-is-a-wish
fails: never more than the limit, no slot idle while an item waits
"""


async def window(work, items, limit):
    return list(await asyncio.gather(*map(work, items)))
