"""misconception: same-value-same-thing
fails: results in the order of the calls, never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    slots, ends = asyncio.Semaphore(limit), [None] * len(calls)

    async def one(call):
        async with slots:
            try:
                ends[calls.index(call)] = {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                ends[calls.index(call)] = {"success": False, "error": str(error)}

    await asyncio.gather(*[one(call) for call in calls])
    return ends
