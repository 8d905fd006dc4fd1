"""misconception: one-after-another
fails: catches a pool that makes more agents than it may, catches a pool that swallows errors, catches a pool that leaks an agent when work fails, catches a pool that leaks an agent when its user is cancelled, catches a pool that wakes whoever came last
"""


async def check_pool(make_pool):
    made = []

    async def make():
        made.append(1)
        return len(made)

    async def job(agent):
        return agent

    pool = make_pool(make, 2)
    assert [await pool.run(job) for _ in range(5)] == [1] * 5
    assert len(made) == 1
