"""gather hands errors over as values when asked to."""

async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            return await call()

    ends = await asyncio.gather(*map(one, calls), return_exceptions=True)
    return [
        {"success": False, "error": str(end)}
        if isinstance(end, BaseException)
        else {"success": True, "result": end}
        for end in ends
    ]
