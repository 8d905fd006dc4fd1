"""misconception: retry-anything
fails: all are answered in order, an error reaches who asked and nobody else
"""


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
        if answer.done():
            return
        try:
            text = await self.pool.run(lambda agent: agent.process_message(message))
        except Exception as e:
            if not answer.done():
                answer.set_exception(e)
        else:
            if not answer.done():
                answer.set_result(text)
    async def ask(self, message):
        answer = asyncio.get_running_loop().create_future()
        if not self.line.offer((message, answer)):
            raise RuntimeError("no room")
        return await answer
    async def ask_all(self, messages):
        async def one(message):
            while True:
                try:
                    return await self.ask(message)
                except RuntimeError:
                    await asyncio.sleep(0.01)
        return await self.parts.window(one, messages, self.most)
    async def stop(self):
        await self.line.close()
