"""misconception: last-in-first-out
fails: first come first served
"""


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.free, self.least = make, most, least
        self.timeout, self.idle, self.line = timeout, [], []

    async def warm_up(self):
        missing = self.least - len(self.idle)
        self.idle += await asyncio.gather(*[self.make() for _ in range(missing)])

    async def enter(self):
        if self.free:
            self.free -= 1
            return
        mine = asyncio.get_running_loop().create_future()
        self.line.append(mine)
        try:
            async with asyncio.timeout(self.timeout):
                await mine
        except BaseException:
            if mine.done() and not mine.cancelled():
                self.leave()
            raise

    def leave(self):
        while self.line:
            following = self.line.pop()
            if not following.done():
                following.set_result(None)
                return
        self.free += 1

    async def run(self, work):
        await self.enter()
        try:
            agent = self.idle.pop() if self.idle else await self.make()
            try:
                return await work(agent)
            finally:
                self.idle.append(agent)
        finally:
            self.leave()
