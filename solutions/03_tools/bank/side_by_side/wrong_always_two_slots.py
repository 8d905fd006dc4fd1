"""misconception: one-case-is-enough
fails: never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    """One dict for each call, in their order; at most `limit` run at a time.

    `{"success": True, "result": value}` or `{"success": False, "error": text}`.
    """
    slots = asyncio.Semaphore(2)

    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
