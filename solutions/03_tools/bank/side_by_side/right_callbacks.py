"""Each end starts the next call."""

async def side_by_side(calls, limit):
    """No semaphore: start the next in a done callback."""
    todo = iter(list(enumerate(calls)))
    ends, loop = {}, asyncio.get_running_loop()
    total, done = len(calls), loop.create_future()
    if not total:
        return []

    async def safe(call):
        try:
            return dict(success=True, result=await call())
        except (Exception, asyncio.CancelledError) as e:
            return dict(success=False, error=f"{e}")

    def begin():
        for i, call in todo:
            task = loop.create_task(safe(call))
            task.add_done_callback(lambda t, i=i: finish(i, t))
            return

    def finish(i, task):
        ends[i] = task.result()
        if len(ends) == total:
            done.set_result(None)
        else:
            begin()

    for _ in range(min(limit, total)):
        begin()
    await done
    return [ends[i] for i in range(total)]
