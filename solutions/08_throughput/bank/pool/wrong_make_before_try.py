"""misconception: given-back-at-the-end
fails: nor do those who give up while an agent is made, an agent that cannot be made costs no slot
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
        async with asyncio.timeout(self.timeout):
            await self.slots.acquire()
        agent = self.idle.pop() if self.idle else await self.make()
        try:
            return await work(agent)
        finally:
            self.idle.append(agent)
            self.slots.release()
