async def check_tracker(tracked):
    rows = []

    def record(name, seconds, ok):
        rows.append((round(seconds, 6), ok))

    async def wait(seconds, error=None):
        await asyncio.sleep(seconds)
        if error:
            raise error

    call = tracked(record, now)(wait)

    try:
        await call(3, ValueError("no"))
    except ValueError:
        pass
    else:
        raise AssertionError("the error is lost")
    assert rows == [(3, False)], rows
    rows.clear()

    task = asyncio.create_task(call(60))
    await asyncio.sleep(2)
    task.cancel()
    await asyncio.wait([task])
    assert rows == [(2, False)], rows
    rows.clear()

    task = asyncio.create_task(call(4))
    await asyncio.sleep(1)
    await call(1)
    await task
    assert rows == [(1, True), (4, True)], rows
    rows.clear()

    async def outer():
        await call(2)

    await tracked(record, now)(outer)()
    assert len(rows) == 2, rows
    rows.clear()
