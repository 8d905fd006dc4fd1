"""misconception: empty-is-missing
fails: results in the order of the calls, never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            try:
                result = await call()
                return {"success": result is not None, "result": result}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
