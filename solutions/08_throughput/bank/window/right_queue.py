"""a queue and workers in a task group"""


async def window(work, items, limit):
    waiting, found = asyncio.Queue(), {}
    for pair in enumerate(items):
        waiting.put_nowait(pair)

    async def serve():
        while not waiting.empty():
            place, item = waiting.get_nowait()
            found[place] = await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(serve())
    return [found[place] for place in range(len(items))]
