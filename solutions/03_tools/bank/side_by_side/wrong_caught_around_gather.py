"""misconception: gather-isolates
fails: a failure costs only its own call, a call that is cancelled costs only itself, never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    """One dict for each call, in their order; at most `limit` run at a time.

    `{"success": True, "result": value}` or `{"success": False, "error": text}`.
    """
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            return {"success": True, "result": await call()}

    try:
        return await asyncio.gather(*[one(call) for call in calls])
    except (Exception, asyncio.CancelledError) as error:
        return [{"success": False, "error": str(error)} for _ in calls]
