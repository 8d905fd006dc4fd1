"""misconception: errors-are-results
fails: never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            for last in (False, True):
                try:
                    return {"success": True, "result": await call()}
                except (Exception, asyncio.CancelledError) as error:
                    if last:
                        return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
