"""misconception: exception-catches-all
fails: a failure costs only its own call
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": await call()}
            except (ValueError, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
