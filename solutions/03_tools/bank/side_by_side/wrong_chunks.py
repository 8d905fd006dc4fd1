"""misconception: rounds-of-k
fails: free slots are used at once
"""

async def side_by_side(calls, limit):
    size = -(-len(calls) // limit) or 1

    async def worker(part):
        ends = []
        for call in part:
            try:
                ends.append({"success": True, "result": await call()})
            except (Exception, asyncio.CancelledError) as error:
                ends.append({"success": False, "error": str(error)})
        return ends

    parts = await asyncio.gather(*[worker(calls[i : i + size]) for i in range(0, len(calls), size)])
    return [end for part in parts for end in part]
