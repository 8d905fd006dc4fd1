"""An empty `error` beside a result, and the other way round, does no harm."""


async def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": await call(), "error": None}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "result": None, "error": str(error)}

    return await asyncio.gather(*[one(call) for call in calls])
