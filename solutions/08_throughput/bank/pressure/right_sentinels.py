"""workers that end at a sentinel; those at the door are counted"""


class Line:
    def __init__(self, work, workers, room):
        self.work, self.failed, self.closed = work, 0, False
        self.waiting, self.door = asyncio.Queue(maxsize=room), 0
        self.end = object()
        self.tasks = [asyncio.ensure_future(self.serve()) for _ in range(workers)]

    async def serve(self):
        while (item := await self.waiting.get()) is not self.end:
            try:
                await self.work(item)
            except Exception:
                self.failed += 1

    async def submit(self, item):
        if self.closed:
            raise RuntimeError("no more")
        self.door += 1
        try:
            await self.waiting.put(item)
        finally:
            self.door -= 1

    def offer(self, item):
        if self.closed:
            raise RuntimeError("no more")
        try:
            self.waiting.put_nowait(item)
            return True
        except asyncio.QueueFull:
            return False

    async def close(self):
        self.closed = True
        for _ in self.tasks:
            await self.waiting.put(self.end)
        await asyncio.gather(*self.tasks)
