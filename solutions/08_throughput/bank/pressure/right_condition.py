"""a deque and a condition, and those at the door hear that it is closed"""

from collections import deque


class Line:
    def __init__(self, work, workers, room):
        self.work, self.room, self.failed = work, room, 0
        self.items, self.closed, self.busy = deque(), False, 0
        self.change = asyncio.Condition()
        self.tasks = [asyncio.create_task(self.serve()) for _ in range(workers)]

    async def serve(self):
        while True:
            async with self.change:
                await self.change.wait_for(lambda: self.items or self.closed)
                if not self.items:
                    return
                item = self.items.popleft()
                self.change.notify_all()
            try:
                await self.work(item)
            except Exception:
                self.failed += 1

    async def submit(self, item):
        async with self.change:
            await self.change.wait_for(
                lambda: self.closed or len(self.items) < self.room
            )
            if self.closed:
                raise RuntimeError("closed")
            self.items.append(item)
            self.change.notify_all()

    def offer(self, item):
        if self.closed:
            raise RuntimeError("closed")
        if len(self.items) >= self.room:
            return False
        self.items.append(item)
        asyncio.create_task(self.wake())
        return True

    async def wake(self):
        async with self.change:
            self.change.notify_all()

    async def close(self):
        self.closed = True
        await self.wake()
        await asyncio.gather(*self.tasks)
