"""misconception: look-then-take
fails: a crowd shares a few agents, a warm pool lets nobody wait, an agent comes back when work fails, users who give up at work cost nothing, nor do those who give up while an agent is made, an agent that cannot be made costs no slot, nobody waits for longer than the timeout, first come first served
"""


class Pool:
    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout, self.idle, self.made = timeout, [], 0

    async def warm_up(self):
        for _ in range(self.least - len(self.idle)):
            self.idle.append(await self.make())

    async def run(self, work):
        async with asyncio.timeout(self.timeout):
            while not self.idle and self.made >= self.most:
                await asyncio.sleep(0.1)
        if self.idle:
            agent = self.idle.pop()
        else:
            agent = await self.make()
            self.made += 1
        try:
            return await work(agent)
        finally:
            self.idle.append(agent)
