"""misconception: equal-is-the-same
fails: an offer is refused at once when the line is full
"""


class Line:
    def __init__(self, work, workers, room):
        self.work, self.failed, self.open = work, 0, True
        self.waiting = asyncio.Queue(room)
        self.tasks = [asyncio.create_task(self.serve()) for _ in range(workers)]
        self.pending = 0

    async def serve(self):
        while True:
            item = await self.waiting.get()
            try:
                await self.work(item)
            except Exception:
                self.failed += 1
            finally:
                self.waiting.task_done()

    async def submit(self, item):
        if not self.open:
            raise RuntimeError("closed")
        self.pending += 1
        try:
            await self.waiting.put(item)
        finally:
            self.pending -= 1

    def offer(self, item):
        if not self.open:
            raise RuntimeError("closed")
        if item in self.waiting._queue:
            return True
        try:
            self.waiting.put_nowait(item)
        except asyncio.QueueFull:
            return False
        return True

    async def close(self):
        self.open = False
        while self.pending:
            await asyncio.sleep(0.01)
        await self.waiting.join()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
