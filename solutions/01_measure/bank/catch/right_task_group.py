"""a task group and a timeout"""


async def check_tracker(tracked):
    async def play(*calls):
        rows = []
        made = tracked(lambda name, s, ok: rows.append((round(s, 3), ok)), now)
        for f, arg in calls:
            try:
                await made(f)(arg)
            except ZeroDivisionError:
                rows.append("raised")
        return rows

    async def good(s):
        await asyncio.sleep(s)

    async def bad(s):
        await asyncio.sleep(s)
        1 / 0

    if await play((good, 1), (bad, 2), (good, 3)) != [
        (1, True),
        (2, False),
        "raised",
        (3, True),
    ]:
        raise AssertionError("in a row")
    rows = []
    made = tracked(lambda name, s, ok: rows.append((round(s, 3), ok)), now)
    call = made(good)
    async with asyncio.TaskGroup() as g:
        g.create_task(call(5))
        await asyncio.sleep(2)
        g.create_task(call(1))
    assert rows == [(1, True), (5, True)], rows
    rows.clear()
    inner = made(good)

    async def outer(s):
        await asyncio.sleep(s)
        await inner(s)

    await made(outer)(2)
    assert rows == [(2, True), (4, True)]
    rows.clear()
    try:
        async with asyncio.timeout(4):
            await call(100)
    except TimeoutError:
        pass
    else:
        assert False
    assert rows == [(4, False)]
