"""misconception: overfit-the-test
fails: quiet for right pools and loud for a broken one, catches a pool that makes a new agent each time, catches a pool that makes more agents than it may, catches a pool that swallows errors, catches a pool that leaks an agent when work fails, catches a pool that leaks an agent when its user is cancelled, catches a pool that wakes whoever came last
"""


async def check_pool(make_pool):
    made = []

    async def make():
        made.append(1)
        await asyncio.sleep(1)
        return len(made)

    async def job(agent):
        await asyncio.sleep(1)
        return agent

    pool = make_pool(make, 2)
    assert await asyncio.gather(*[pool.run(job) for _ in range(4)]) == [1, 2, 1, 2]
    assert len(pool._idle) == 2
