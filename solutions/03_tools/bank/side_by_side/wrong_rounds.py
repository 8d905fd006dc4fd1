"""misconception: rounds-of-k
fails: virtual seconds for 40 calls at 4 at a time
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
