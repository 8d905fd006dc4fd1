"""misconception: one-case-is-enough
fails: results in the order of the calls, never more than the limit at a time, free slots are used at once
"""

slots = asyncio.Semaphore(4)  # made once, shared by all


async def side_by_side(calls, limit):
    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
