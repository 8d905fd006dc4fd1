"""misconception: one-case-is-enough
fails: a warm start and no wait
"""


class OwnPool:
    """At most `most` agents, each lent to one user at a time."""

    def __init__(self, make, most, least=0, timeout=30):
        self.make, self.most, self.least = make, most, least
        self.timeout = timeout  # seconds that a user waits at most
        self.idle = []
        self.slots = asyncio.Semaphore(most)

    async def warm_up(self):
        """Make agents, together, until there are `least`."""
        missing = self.least - len(self.idle)
        self.idle += await asyncio.gather(*[self.make() for _ in range(missing)])

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


class Runtime:
    """Many users, a few agents: warm, in line, and each answer to whom it belongs."""

    def __init__(self, make, parts, most=4, room=16, timeout=60):
        self.parts, self.most, self.room = parts, most, room
        self.pool = OwnPool(make, most, most, timeout)
        self.line = None

    async def start(self):
        """Warm up, then open the line."""
        await self.pool.warm_up()
        self.line = self.parts.Line(self.serve, self.most, self.room)

    async def serve(self, job):
        """Have an agent answer the message of a (message, future) pair."""
        message, answer = job
        try:
            text = await self.pool.run(lambda agent: agent.process_message(message))
        except Exception as error:
            if not answer.done():
                answer.set_exception(error)
        else:
            if not answer.done():
                answer.set_result(text)

    async def ask(self, message):
        """The answer to a message; RuntimeError when there is no room."""
        answer = asyncio.get_running_loop().create_future()
        if not self.line.offer((message, answer)):
            raise RuntimeError("busy, ask again later")
        return await answer

    async def ask_all(self, messages):
        """The answers to many messages, in their order."""

        async def one(message):
            answer = asyncio.get_running_loop().create_future()
            await self.line.submit((message, answer))
            return await answer

        return await self.parts.window(one, messages, self.most + self.room)

    async def stop(self):
        """Take no more, and end what was begun."""
        await self.line.close()
