async def check_cache(make):
    class Down(Exception):
        pass

    log, fail = [], True

    async def tool(key):
        log.append(key)
        await asyncio.sleep(1)
        if key == 7 and fail:
            raise Down(key)
        return {"key": key}

    get = make(tool)
    tasks = [asyncio.create_task(get(i % 3)) for i in range(9)]
    done = await asyncio.wait_for(asyncio.gather(*tasks), 1.5)
    if [d["key"] for d in done] != [i % 3 for i in range(9)] or sorted(log) != [0, 1, 2]:
        raise AssertionError(done)
    ends = await asyncio.gather(get(7), get(7), return_exceptions=True)
    assert all(isinstance(e, Down) for e in ends), ends
    assert log.count(7) == 1
    fail = False
    assert (await get(7))["key"] == 7
