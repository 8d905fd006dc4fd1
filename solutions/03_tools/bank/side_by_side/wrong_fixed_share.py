"""misconception: rounds-of-k
fails: free slots are used at once
"""

async def side_by_side(calls, limit):
    ends = [None] * len(calls)

    async def worker(start):
        for i in range(start, len(calls), limit):
            try:
                ends[i] = {"success": True, "result": await calls[i]()}
            except (Exception, asyncio.CancelledError) as error:
                ends[i] = {"success": False, "error": str(error)}

    await asyncio.gather(*[worker(i) for i in range(limit)])
    return ends
