"""misconception: forget-await
fails: results in the order of the calls, a failure costs only its own call, a call that is cancelled costs only itself, never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": call()}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
