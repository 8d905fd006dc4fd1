"""misconception: same-value-same-thing
fails: begun and listed in the order of the items, never more than the limit, no slot idle while an item waits
"""


async def window(work, items, limit):
    slots = asyncio.Semaphore(limit)
    found = {}

    async def one(item):
        async with slots:
            found[item] = await work(item)

    await asyncio.gather(*[one(item) for item in items])
    return [found[i] for i in items]
