"""misconception: a-queue-is-capacity
fails: all are answered in order
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
        message, future = job
        if future.done():
            return
        try:
            answer = await self.pool.run(lambda agent: agent.process_message(message))
        except Exception as e:
            if not future.done():
                future.set_exception(e)
        else:
            if not future.done():
                future.set_result(answer)

    async def ask(self, message):
        future = asyncio.get_running_loop().create_future()
        if not self.line.offer((message, future)):
            raise RuntimeError("no room")
        return await future

    async def ask_all(self, messages):
        return await self.parts.window(self.ask, messages, self.most)

    async def stop(self):
        await self.line.close()
