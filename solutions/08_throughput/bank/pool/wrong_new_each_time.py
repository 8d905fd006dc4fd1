"""misconception: made-for-each
fails: a crowd shares a few agents, an idle agent is lent before one is made, a warm pool lets nobody wait, an agent comes back when work fails, users who give up at work cost nothing, nor do those who give up while an agent is made, an agent that cannot be made costs no slot, first come first served
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
        try:
            return await work(await self.make())
        finally:
            self.slots.release()
