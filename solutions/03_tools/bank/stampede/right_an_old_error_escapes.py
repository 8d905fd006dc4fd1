"""The old error that comes out again catches the cache as an assertion would."""

async def check_cache(make):
    runs = []

    async def tool(key):
        runs.append(key)
        await asyncio.sleep(0.3)
        if key == "bad" and runs.count("bad") == 1:
            raise ValueError("not today")
        return key * 2

    get = make(tool)
    await asyncio.gather(*[get("same") for _ in range(5)])
    assert runs == ["same"]
    began = now()
    assert await asyncio.gather(get("a"), get("b")) == ["aa", "bb"]
    assert now() - began < 0.5
    try:
        await get("bad")
    except ValueError:
        pass
    else:
        raise AssertionError("the error was hidden")
    assert await get("bad") == "badbad"
