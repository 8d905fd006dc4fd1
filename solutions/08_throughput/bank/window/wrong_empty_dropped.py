"""misconception: empty-is-missing
fails: begun and listed in the order of the items, never more than the limit, no slot idle while an item waits
"""


async def window(work, items, limit):
    slots = asyncio.Semaphore(limit)
    async def one(item):
        async with slots:
            return await work(item)
    return [x for x in await asyncio.gather(*[one(item) for item in items]) if x]
