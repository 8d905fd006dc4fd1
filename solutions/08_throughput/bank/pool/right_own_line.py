"""futures in a deque, handed on by hand"""

from collections import deque


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.free, self.least = make, most, least
        self.timeout, self.idle, self.line = timeout, deque(), deque()

    async def warm_up(self):
        while len(self.idle) < self.least:
            count = self.least - len(self.idle)
            self.idle.extend(await asyncio.gather(*[self.make() for _ in range(count)]))

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
            following = self.line.popleft()
            if not following.done():
                following.set_result(None)
                return
        self.free += 1

    async def run(self, work):
        await self.enter()
        try:
            if self.idle:
                agent = self.idle.popleft()
            else:
                agent = await self.make()
            try:
                return await work(agent)
            finally:
                self.idle.append(agent)
        finally:
            self.leave()
