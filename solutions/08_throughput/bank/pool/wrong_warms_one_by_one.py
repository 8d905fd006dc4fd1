"""misconception: warm-is-later
fails: a warm pool lets nobody wait
"""


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout = timeout
        self.idle = []
        self.slots = asyncio.Semaphore(most)

    async def warm_up(self):
        while len(self.idle) < self.least:
            self.idle.append(await self.make())

    async def run(self, work):
        async with asyncio.timeout(self.timeout):
            await self.slots.acquire()
        try:
            agent = self.idle.pop() if self.idle else await self.make()
            try:
                return await work(agent)
            finally:
                self.idle.append(agent)
        finally:
            self.slots.release()
