"""agents that are made are counted, and futures wait in a list"""


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout = timeout
        self.idle, self.made, self.line = [], 0, []

    async def warm_up(self):
        missing = self.least - len(self.idle)
        self.idle += await asyncio.gather(*[self.make() for _ in range(missing)])
        self.made = len(self.idle)

    def wake(self):
        while self.line:
            f = self.line.pop(0)
            if not f.done():
                f.set_result(None)
                return

    async def run(self, work):
        deadline = asyncio.get_running_loop().time() + self.timeout
        while not self.idle and self.made >= self.most:
            f = asyncio.get_running_loop().create_future()
            self.line.append(f)
            async with asyncio.timeout_at(deadline):
                await f
        if self.idle:
            agent = self.idle.pop()
        else:
            self.made += 1
            try:
                agent = await self.make()
            except BaseException:
                self.made -= 1
                self.wake()
                raise
        try:
            return await work(agent)
        finally:
            self.idle.append(agent)
            self.wake()
