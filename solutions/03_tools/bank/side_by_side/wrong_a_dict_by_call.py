"""misconception: same-value-same-thing
fails: results in the order of the calls, never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    """One dict for each call, in their order; at most `limit` run at a time.

    `{"success": True, "result": value}` or `{"success": False, "error": text}`.
    """
    slots, ends = asyncio.Semaphore(limit), {call: None for call in calls}

    async def one(call):
        async with slots:
            try:
                ends[call] = {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                ends[call] = {"success": False, "error": str(error)}

    await asyncio.gather(*[one(call) for call in calls])
    return list(ends.values())
