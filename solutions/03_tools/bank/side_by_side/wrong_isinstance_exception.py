"""misconception: exception-catches-all
fails: a call that is cancelled costs only itself
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            return await call()

    ends = await asyncio.gather(*[one(c) for c in calls], return_exceptions=True)
    return [
        {"success": False, "error": str(e)} if isinstance(e, Exception) else {"success": True, "result": e}
        for e in ends
    ]
