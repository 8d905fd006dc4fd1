"""A plain function hands out the gather: whoever awaits it gets the list."""


def side_by_side(calls, limit):
    slots = asyncio.Semaphore(limit)

    async def one(call):
        async with slots:
            try:
                return {"success": True, "result": await call()}
            except (Exception, asyncio.CancelledError) as error:
                return {"success": False, "error": str(error)}

    return asyncio.gather(*map(one, calls))
