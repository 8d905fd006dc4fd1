"""misconception: one-case-is-enough
fails: a warm start and no wait
"""


class Runtime:
    """Many users, a few agents: warm, in line, and each answer to whom it belongs."""

    def __init__(self, make, parts, most=4, room=16, timeout=60):
        self.parts, self.most, self.room = parts, most, room
        self.pool = parts.Pool(make, most, most, timeout)
        self.line = None

    async def start(self):
        """Warm up, then open the line."""
        await self.pool.warm_up()
        self.line = Line(self.serve, self.most, self.room)

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
