"""misconception: nested-is-twice
fails: catches a tracker that counts a call again when one inside it is done
"""

async def check_tracker(tracked):
    rows = []
    def record(name, seconds, ok):
        rows.append((round(seconds, 6), ok))
    async def wait(seconds):
        await asyncio.sleep(seconds)
        return seconds
    async def fails():
        await asyncio.sleep(2)
        raise ValueError("x")
    call, bad = tracked(record, now)(wait), tracked(record, now)(fails)
    assert await call(2) == 2
    assert rows == [(2, True)]
    rows.clear()
    try:
        await bad()
    except ValueError:
        pass
    else:
        assert False, "error came"
    assert rows == [(2, False)]
    rows.clear()
    task = asyncio.create_task(call(60))
    await asyncio.sleep(5)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert rows == [(5, False)]
    rows.clear()
    first = asyncio.create_task(call(3))
    await asyncio.sleep(1)
    assert await call(1) == 1
    assert await first == 3
    assert rows == [(1, True), (3, True)]
    rows.clear()
