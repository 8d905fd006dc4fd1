"""misconception: errors-are-results
fails: a call that is cancelled costs only itself
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": await call()}
            except Exception as error:
                return {"success": False, "error": str(error)}
            except asyncio.CancelledError:
                return {"success": False, "error": "cancelled"}

    return await asyncio.gather(*[one(call) for call in calls])
