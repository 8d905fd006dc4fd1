"""misconception: deadline-can-wait
fails: nobody waits for longer than the timeout
"""


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout = timeout
        self.idle = []
        self.slots = asyncio.Semaphore(most)

    async def warm_up(self):
        missing = self.least - len(self.idle)
        self.idle += await asyncio.gather(*[self.make() for _ in range(missing)])

    async def run(self, work):
        async with self.slots:
            agent = self.idle.pop() if self.idle else await self.make()
            try:
                return await work(agent)
            finally:
                self.idle.append(agent)
