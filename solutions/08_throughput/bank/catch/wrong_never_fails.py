"""misconception: one-case-is-enough
fails: catches a pool that swallows errors, catches a pool that leaks an agent when work fails, catches a pool that leaks an agent when its user is cancelled
"""


async def check_pool(make_pool):
    made, order = [], []

    async def make():
        made.append(1)
        await asyncio.sleep(1)
        return object()

    def job(name):
        async def work(agent):
            order.append(name)
            await asyncio.sleep(3)
            return name

        return work

    pool = make_pool(make, 2)
    for name in "ab":
        assert await pool.run(job(name)) == name
    assert len(made) == 1
    await asyncio.gather(*[pool.run(job(i)) for i in range(6)])
    assert len(made) == 2
    order.clear()
    pool = make_pool(make, 1)
    await asyncio.gather(*[pool.run(job(i)) for i in range(5)])
    assert order == [0, 1, 2, 3, 4]
