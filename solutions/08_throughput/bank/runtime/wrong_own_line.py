"""misconception: one-case-is-enough
fails: a warm start and no wait
"""


class OwnLine:
    """Items on their way to workers: at most `room` of them wait."""

    def __init__(self, work, workers, room):
        self.work, self.failed, self.open = work, 0, True
        self.waiting = asyncio.Queue(room)
        self.tasks = [asyncio.create_task(self.serve()) for _ in range(workers)]

    async def serve(self):
        """A worker: one item after another."""
        while True:
            item = await self.waiting.get()
            try:
                await self.work(item)
            except Exception:
                self.failed += 1
            finally:
                self.waiting.task_done()

    def check_open(self):
        """RuntimeError once the line is closed."""
        if not self.open:
            raise RuntimeError("the line is closed")

    async def submit(self, item):
        """Hand an item over, as soon as there is room."""
        self.check_open()
        await self.waiting.put(item)

    def offer(self, item):
        """Whether the item was taken: False when there is no room."""
        self.check_open()
        try:
            self.waiting.put_nowait(item)
        except asyncio.QueueFull:
            return False
        return True

    async def close(self):
        """Take no more; return when all that was taken is done."""
        self.open = False
        await self.waiting.join()
        for task in self.tasks:
            task.cancel()


class Runtime:
    """Many users, a few agents: warm, in line, and each answer to whom it belongs."""

    def __init__(self, make, parts, most=4, room=16, timeout=60):
        self.parts, self.most, self.room = parts, most, room
        self.pool = parts.Pool(make, most, most, timeout)
        self.line = None

    async def start(self):
        """Warm up, then open the line."""
        await self.pool.warm_up()
        self.line = OwnLine(self.serve, self.most, self.room)

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
