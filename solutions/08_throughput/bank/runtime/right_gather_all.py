"""gather instead of the window, for the line holds them back"""


class Runtime:

    def __init__(self, make, parts, most=4, room=16, timeout=60):
        self.parts, self.most, self.room = parts, most, room
        self.pool = parts.Pool(make, most, most, timeout)
        self.line = None

    async def start(self):
        await self.pool.warm_up()
        self.line = self.parts.Line(self.serve, self.most, self.room)

    async def serve(self, job):
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
        answer = asyncio.get_running_loop().create_future()
        if not self.line.offer((message, answer)):
            raise RuntimeError("busy, ask again later")
        return await answer

    async def ask_all(self, messages):

        async def one(message):
            answer = asyncio.get_running_loop().create_future()
            await self.line.submit((message, answer))
            return await answer

        return await asyncio.gather(*[one(message) for message in messages])

    async def stop(self):
        await self.line.close()
