"""misconception: errors-are-results
fails: a failure costs only its own call, a call that is cancelled costs only itself
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error) or type(error).__name__}

    return await asyncio.gather(*[one(call) for call in calls])
