async def check_tracker(tracked):
    """One crowd of calls, and a timeout for the cancelled one."""
    rows = []
    decorate = tracked(lambda *row: rows.append(row), now)

    async def work(seconds, fail=False):
        await asyncio.sleep(seconds)
        if fail:
            raise KeyError(seconds)
        return seconds

    call = decorate(work)

    @decorate
    async def both():
        return await call(7) + await call(8)

    async def after(pause, *args):
        await asyncio.sleep(pause)
        return await call(*args)

    results = await asyncio.gather(call(5), after(1, 3), after(2, 4, True), both(), return_exceptions=True)
    try:
        await asyncio.wait_for(call(100), 20)
    except TimeoutError:
        pass
    if [results[0], results[1], results[3]] != [5, 3, 15] or not isinstance(results[2], KeyError):
        raise AssertionError(f"results {results}")
    seen = sorted((round(seconds), ok) for _, seconds, ok in rows)
    want = [(3, True), (4, False), (5, True), (7, True), (8, True), (15, True), (20, False)]
    if seen != want:
        raise AssertionError(f"recorded {seen}, not {want}")
