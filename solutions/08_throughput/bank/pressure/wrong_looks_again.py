"""misconception: order-of-arrival
fails: producers wait when the line is full
"""


class Line:
    def __init__(self, work, workers, room):
        self.work, self.failed, self.open = work, 0, True
        self.waiting = asyncio.Queue(room)
        self.tasks = [asyncio.create_task(self.serve()) for _ in range(workers)]
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
        while not self.offer(item):
            await asyncio.sleep(0.01)
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
        await self.waiting.join()
        for t in self.tasks:
            t.cancel()
