"""misconception: changes-what-it-was-given
fails: results in the order of the calls, a failure costs only its own call, a call that is cancelled costs only itself, never more than the limit at a time, free slots are used at once
"""

async def side_by_side(calls, limit):
    ends = [None] * len(calls)
    numbers = list(range(len(calls)))

    async def worker():
        while calls:
            call, i = calls.pop(0), numbers.pop(0)
            try:
                ends[i] = {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                ends[i] = {"success": False, "error": str(error)}

    await asyncio.gather(*[worker() for _ in range(limit)])
    return ends
