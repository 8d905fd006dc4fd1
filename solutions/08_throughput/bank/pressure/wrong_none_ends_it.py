"""misconception: empty-is-missing
fails: an offer is refused at once when the line is full
"""


class Line:
    def __init__(self, work, workers, room):
        self.work, self.failed, self.open = work, 0, True
        self.waiting = asyncio.Queue(room)
        self.tasks = [asyncio.create_task(self.serve()) for _ in range(workers)]
    async def serve(self):
        while (item := await self.waiting.get()) is not None:
            try:
                await self.work(item)
            except Exception:
                self.failed += 1
    async def submit(self, item):
        if not self.open:
            raise RuntimeError("closed")
        await self.waiting.put(item)
    def offer(self, item):
        if not self.open:
            raise RuntimeError("closed")
        try:
            self.waiting.put_nowait(item)
        except asyncio.QueueFull:
            return False
        return True
    async def close(self):
        self.open = False
        for _ in self.tasks:
            await self.waiting.put(None)
        await asyncio.gather(*self.tasks)
