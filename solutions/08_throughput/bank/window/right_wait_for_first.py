"""asyncio.wait until any is done"""


async def window(work, items, limit):
    tasks, running = [], set()
    for item in items:
        if len(running) >= limit:
            done, running = await asyncio.wait(
                running, return_when=asyncio.FIRST_COMPLETED
            )
        task = asyncio.create_task(work(item))
        tasks.append(task)
        running.add(task)
    return [await task for task in tasks]
