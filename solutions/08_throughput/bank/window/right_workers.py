"""workers that share one iterator"""


async def window(work, items, limit):
    results = [None] * len(items)
    places = iter(range(len(items)))

    async def worker():
        for place in places:
            results[place] = await work(items[place])

    await asyncio.gather(*[worker() for _ in range(limit)])
    return results
