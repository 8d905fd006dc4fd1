"""misconception: closed-is-done
fails: nothing that was taken is lost at the close
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
        for task in self.tasks:
            task.cancel()
