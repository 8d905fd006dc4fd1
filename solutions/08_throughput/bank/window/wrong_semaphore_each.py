"""misconception: limit-is-a-wish
fails: never more than the limit, no slot idle while an item waits
"""


async def window(work, items, limit):
    async def polite(item):
        slots = asyncio.Semaphore(limit)
        async with slots:
            return await work(item)

    return await asyncio.gather(*[polite(item) for item in items])
