"""`raise AssertionError` is what `assert` does."""

async def check_cache(make):
    seen = []

    async def tool(key):
        seen.append(key)
        await asyncio.sleep(5)
        if len(seen) == 1:
            raise KeyError(key)
        return [key]

    get = make(tool)
    (told,) = await asyncio.gather(get(0), return_exceptions=True)
    if not isinstance(told, KeyError):
        raise AssertionError("error hidden")
    (after,) = await asyncio.gather(get(0), return_exceptions=True)
    if after != [0]:
        raise AssertionError("error kept")
    start = now()
    found = await asyncio.gather(get(1), get(2), get(1))
    if found != [[1], [2], [1]] or now() - start > 6 or seen.count(1) != 1:
        raise AssertionError(found)
