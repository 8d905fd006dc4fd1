"""misconception: forget-await
fails: an offer is refused at once when the line is full
"""


class Line:
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

    async def offer(self, item):
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
