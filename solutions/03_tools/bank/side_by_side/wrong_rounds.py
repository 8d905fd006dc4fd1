"""misconception: rounds-of-k
fails: free slots are used at once
"""

async def side_by_side(calls, limit):
    async def one(call):
        try:
            return {"success": True, "result": await call()}
        except (Exception, asyncio.CancelledError) as error:
            return {"success": False, "error": str(error)}

    answers = []
    for i in range(0, len(calls), limit):
        answers += await asyncio.gather(*[one(call) for call in calls[i : i + limit]])
    return answers
