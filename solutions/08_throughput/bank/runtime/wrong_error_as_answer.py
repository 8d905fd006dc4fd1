"""misconception: errors-are-results
fails: an error reaches who asked and nobody else
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
        try:
            answer = await self.pool.run(lambda agent: agent.process_message(message))
        except Exception as error:
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(answer)

    async def ask(self, message):
        future = asyncio.get_running_loop().create_future()
        if not self.line.offer((message, future)):
            raise RuntimeError("no room")
        return await future

    async def ask_all(self, messages):
        async def one(message):
            future = asyncio.get_running_loop().create_future()
            await self.line.submit((message, future))
            return await future
        async def safe(m):
            try: return await one(m)
            except Exception as e: return str(e)
        return await self.parts.window(safe, messages, self.most + self.room)

    async def stop(self):
        await self.line.close()
