async def side_by_side(calls, limit):
    ends, todo = {}, iter(enumerate(calls))

    async def worker():
        for i, call in todo:
            end = {"success": False}
            try:
                end["result"] = await call()
                end["success"] = True
            except (Exception, asyncio.CancelledError) as error:
                end["error"] = f"{error}"
            ends[i] = end

    async with asyncio.TaskGroup() as group:
        for _ in range(min(limit, len(calls))):
            group.create_task(worker())
    return [ends[i] for i in sorted(ends)]
