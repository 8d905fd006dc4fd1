"""misconception: rounds-of-k
fails: free slots are used at once
"""

async def side_by_side(calls, limit):
    """One dict for each call, in their order; at most `limit` run at a time.

    `{"success": True, "result": value}` or `{"success": False, "error": text}`.
    """
    async def one(call):
        try:
            return {"success": True, "result": await call()}
        except (Exception, asyncio.CancelledError) as error:
            return {"success": False, "error": str(error)}

    ends = []
    for i in range(0, len(calls), limit):
        ends += await asyncio.gather(*[one(call) for call in calls[i : i + limit]])
    return ends
