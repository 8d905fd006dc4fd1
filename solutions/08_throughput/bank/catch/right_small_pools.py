"""a pool of one for all but the limit, and helper functions"""


async def make():
    await asyncio.sleep(1)
    return object()


async def slow(agent):
    await asyncio.sleep(5)
    return agent


async def soon(call):
    async with asyncio.timeout(500):
        return await call


async def check_pool(make_pool):
    pool = make_pool(make, 1)
    assert await soon(pool.run(slow)) is await soon(pool.run(slow)), "lent again"
    pool, agents = make_pool(make, 2), set()
    found = await soon(asyncio.gather(*[pool.run(slow) for _ in range(5)]))
    agents.update(map(id, found))
    assert len(agents) < 3, "two agents"

    async def fail(agent):
        raise RuntimeError("down")

    pool = make_pool(make, 1)
    try:
        await soon(pool.run(fail))
    except RuntimeError as error:
        assert str(error) == "down"
    else:
        assert False, "the error was lost"
    task = asyncio.create_task(pool.run(slow))
    await asyncio.sleep(3)
    task.cancel()
    await asyncio.sleep(0.1)
    ends = []

    async def noted(name):
        await soon(pool.run(slow))
        ends.append(name)

    async with asyncio.TaskGroup() as group:
        for name in ["first", "second", "third", "fourth"]:
            group.create_task(noted(name))
            await asyncio.sleep(0.5)
    assert ends == ["first", "second", "third", "fourth"]
