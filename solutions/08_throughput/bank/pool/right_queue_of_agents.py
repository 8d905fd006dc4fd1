"""places in a queue: an agent, or None where one may still be made"""


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout, self.made = timeout, 0
        self.places = asyncio.LifoQueue()
        for _ in range(most):
            self.places.put_nowait(None)

    async def warm_up(self):
        count = max(0, self.least - self.made)
        agents = await asyncio.gather(*(self.make() for _ in range(count)))
        self.made += count
        for _ in agents:
            self.places.get_nowait()
        for agent in agents:
            self.places.put_nowait(agent)

    async def run(self, work):
        agent = await asyncio.wait_for(self.places.get(), self.timeout)
        try:
            if agent is None:
                agent = await self.make()
                self.made += 1
            return await work(agent)
        finally:
            self.places.put_nowait(agent)
