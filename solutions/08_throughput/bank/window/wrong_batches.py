"""misconception: rounds-of-k
fails: begun and listed in the order of the items, never more than the limit, no slot idle while an item waits
"""


async def window(work, items, limit):
    results = []
    for i in range(0, len(items), limit):
        group = [asyncio.create_task(work(item)) for item in items[i : i + limit]]
        await asyncio.wait(group)
        results += [task.result() for task in group]
    return results
