"""As many workers as slots, each taking the next call."""

async def side_by_side(calls, limit):
    answers = [None] * len(calls)
    waiting = iter(enumerate(calls))

    async def worker():
        for i, call in waiting:
            try:
                answers[i] = {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                answers[i] = {"success": False, "error": str(error)}

    await asyncio.gather(*[worker() for _ in range(limit)])
    return answers
