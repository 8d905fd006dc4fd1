"""misconception: same-value-same-thing
fails: begun and listed in the order of the items, never more than the limit, no slot idle while an item waits
"""


async def window(work, items, limit):
    slots = asyncio.Semaphore(limit)

    async def polite(item):
        async with slots:
            return item, await work(item)

    found = dict(await asyncio.gather(*[polite(item) for item in set(items)]))
    return [found[item] for item in items]
