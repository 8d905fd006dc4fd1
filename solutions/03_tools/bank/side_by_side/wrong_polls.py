"""misconception: rounds-of-k
fails: free slots are used at once
"""

async def side_by_side(calls, limit):
    running = 0

    async def one(call):
        nonlocal running
        while running >= limit:
            await asyncio.sleep(0.1)
        running += 1
        try:
            return {"success": True, "result": await call()}
        except (Exception, asyncio.CancelledError) as error:
            return {"success": False, "error": str(error)}
        finally:
            running -= 1

    return await asyncio.gather(*[one(call) for call in calls])
