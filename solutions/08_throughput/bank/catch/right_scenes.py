"""one scene a promise, with numbers for agents"""


class Office:
    def __init__(self):
        self.made, self.log = 0, []

    async def make(self):
        self.made += 1
        await asyncio.sleep(0.2)
        return self.made

    def job(self, name, seconds=1, fails=False):
        async def work(agent):
            self.log.append(name)
            await asyncio.sleep(seconds)
            if fails:
                raise KeyError(name)
            return [name, agent]

        return work


async def check_pool(make_pool):
    office = Office()
    pool = make_pool(office.make, 3)
    for name in "abc":
        found = await asyncio.wait_for(pool.run(office.job(name)), 60)
        assert found == [name, 1], found
    await asyncio.wait_for(
        asyncio.gather(*(pool.run(office.job(i)) for i in range(10))), 60
    )
    assert office.made <= 3

    office = Office()
    pool = make_pool(office.make, 2)
    for _ in range(3):
        try:
            await asyncio.wait_for(pool.run(office.job("x", fails=True)), 60)
            assert False, "no error came"
        except KeyError:
            pass
    for _ in range(3):
        task = asyncio.ensure_future(pool.run(office.job("y", 9)))
        await asyncio.sleep(1)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
    office.log.clear()

    async def after(delay, name):
        await asyncio.sleep(delay)
        return await pool.run(office.job(name, 5))

    calls = [after(i / 10, i) for i in range(6)]
    await asyncio.wait_for(asyncio.gather(*calls), 60)
    assert office.log == list(range(6)), office.log
