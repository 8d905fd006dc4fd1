"""misconception: gather-isolates
fails: a failure costs only its own call, a call that is cancelled costs only itself
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            return {"success": True, "result": await call()}

    return await asyncio.gather(*[one(call) for call in calls])
