"""misconception: exception-catches-all
fails: users who give up at work cost nothing, nor do those who give up while an agent is made
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
        agent = None
        try:
            agent = self.idle.pop() if self.idle else await self.make()
            answer = await work(agent)
        except Exception:
            if agent is not None:
                self.idle.append(agent)
            self.slots.release()
            raise
        self.idle.append(agent)
        self.slots.release()
        return answer
