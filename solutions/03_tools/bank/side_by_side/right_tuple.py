"""a tuple of dicts"""

async def side_by_side(calls, limit):
    """One dict for each call, in their order; at most `limit` run at a time.

    `{"success": True, "result": value}` or `{"success": False, "error": text}`.
    """
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return tuple(await asyncio.gather(*[one(call) for call in calls]))
