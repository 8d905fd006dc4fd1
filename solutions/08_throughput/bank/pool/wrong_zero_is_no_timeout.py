"""misconception: empty-is-missing
fails: nobody waits for longer than the timeout
"""


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout = timeout
        self.idle = []
        self.slots = asyncio.Semaphore(most)
        self.made = 0

    async def warm_up(self):
        found = await asyncio.gather(*[self.make() for _ in range(self.least - self.made)], return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                continue
            self.idle.append(one)
            self.made += 1
        for one in found:
            if isinstance(one, BaseException):
                raise one

    async def run(self, work):
        async with asyncio.timeout(self.timeout or None):
            await self.slots.acquire()
        try:
            if self.idle:
                agent = self.idle.pop()
            else:
                agent = await self.make()
                self.made += 1
            try:
                return await work(agent)
            finally:
                self.idle.append(agent)
        finally:
            self.slots.release()
