"""misconception: order-of-finish
fails: begun and listed in the order of the items, never more than the limit, no slot idle while an item waits
"""


async def window(work, items, limit):
    slots, results = asyncio.Semaphore(limit), []

    async def polite(item):
        async with slots:
            results.append(await work(item))

    await asyncio.gather(*[polite(item) for item in items])
    return results
