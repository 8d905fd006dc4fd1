async def side_by_side(calls, limit):
    queue, ends = asyncio.Queue(), [None] * len(calls)
    for pair in enumerate(calls):
        queue.put_nowait(pair)

    async def worker():
        while not queue.empty():
            i, call = queue.get_nowait()
            print("starting", i)
            try:
                ends[i] = dict(success=True, result=await call())
            except BaseException as error:
                ends[i] = dict(success=False, error=str(error))

    await asyncio.gather(*(worker() for _ in range(limit)))
    return ends
