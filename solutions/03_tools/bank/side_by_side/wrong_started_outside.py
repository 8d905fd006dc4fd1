"""misconception: create-and-wait
fails: never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)
    tasks = [asyncio.create_task(call()) for call in calls]

    async def one(task):
        async with slots:
            try:
                return {"success": True, "result": await task}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(task) for task in tasks])
