"""misconception: errors-are-results
fails: an agent that cannot be made costs no slot
"""


class Pool:
    """At most `most` agents, each lent to one user at a time."""

    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout = timeout  # seconds that a user waits at most
        self.idle = []
        self.slots = asyncio.Semaphore(most)

    async def warm_up(self):
        """Make agents, together, until there are `least`."""
        missing = self.least - len(self.idle)
        self.idle += await asyncio.gather(*[self.make() for _ in range(missing)], return_exceptions=True)

    async def run(self, work):
        """What `await work(agent)` gives, with an agent of the pool's."""
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
