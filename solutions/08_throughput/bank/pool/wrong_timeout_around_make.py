"""misconception: deadline-can-wait
fails: nobody waits for longer than the timeout
"""


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout = timeout
        self.slots = asyncio.Semaphore(most)
        self.idle = []

    async def warm_up(self):
        agents = await asyncio.gather(
            *[self.make() for _ in range(self.least - len(self.idle))]
        )
        self.idle += agents

    async def run(self, work):
        async with asyncio.timeout(self.timeout):
            await self.slots.acquire()
        try:
            async with asyncio.timeout(self.timeout):
                agent = self.idle.pop() if self.idle else await self.make()
            try:
                return await work(agent)
            finally:
                self.idle.append(agent)
        finally:
            self.slots.release()
