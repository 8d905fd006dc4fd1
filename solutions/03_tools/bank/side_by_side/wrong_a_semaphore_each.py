"""misconception: longest-is-all
fails: never more than the limit at a time, virtual seconds for 40 calls at 4 at a time
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with asyncio.Semaphore(limit):
            try:
                return {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
