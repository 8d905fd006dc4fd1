"""misconception: one-by-one-is-safe
fails: workers serve the line in its order, producers wait when the line is full, an offer is refused at once when the line is full, nothing that was taken is lost at the close, an item that fails costs only itself
"""


class Line:
    def __init__(self, work, workers, room):
        self.work, self.failed, self.open = work, 0, True
        self.waiting = asyncio.Queue(room)
        self.tasks = [asyncio.create_task(self.serve())]

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
        await self.waiting.put(item)

    def offer(self, item):
        if not self.open:
            raise RuntimeError("closed")
        if self.waiting.full():
            return False
        self.waiting.put_nowait(item)
        return True

    async def close(self):
        self.open = False
        await self.waiting.join()
        for task in self.tasks:
            task.cancel()

