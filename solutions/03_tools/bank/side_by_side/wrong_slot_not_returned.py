"""misconception: exception-catches-all
fails: a failure costs only its own call, a call that is cancelled costs only itself, never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        await slots.acquire()
        try:
            result = await call()
            slots.release()
            return {"success": True, "result": result}
        except (Exception, asyncio.CancelledError) as error:
            return {"success": False, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
