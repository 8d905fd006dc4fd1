"""misconception: assert-nothing
fails: quiet for right pools and loud for a broken one, catches a pool that makes a new agent each time, catches a pool that makes more agents than it may, catches a pool that swallows errors, catches a pool that leaks an agent when work fails, catches a pool that leaks an agent when its user is cancelled, catches a pool that wakes whoever came last
"""


async def check_pool(make_pool):
    async def make():
        return object()

    async def job(agent):
        await asyncio.sleep(1)

    pool = make_pool(make, 2)
    await asyncio.gather(*[pool.run(job) for _ in range(5)])
