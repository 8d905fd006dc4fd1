"""misconception: exception-catches-all
fails: catches a pool that leaks an agent when its user is cancelled
"""


async def check_pool(make_pool):
    made, order = [], []

    async def make():
        made.append(1)
        await asyncio.sleep(1)
        return object()

    def job(name, fails=False):
        async def work(agent):
            order.append(name)
            await asyncio.sleep(3)
            if fails:
                raise ValueError(name)
            return name

        return work

    async with asyncio.timeout(1000):
        pool = make_pool(make, 2)
        await pool.run(job("a"))
        await pool.run(job("b"))
        assert len(made) == 1
        pool = make_pool(make, 2)
        made.clear()
        await asyncio.gather(*[pool.run(job(i)) for i in range(6)])
        assert len(made) == 2
        pool = make_pool(make, 1)
        for _ in range(2):
            try:
                await pool.run(job("bad", True))
                assert False
            except ValueError:
                pass
        order.clear()
        tasks = []
        for name in "xyz":
            tasks.append(asyncio.create_task(pool.run(job(name))))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        assert order == ["x", "y", "z"]
