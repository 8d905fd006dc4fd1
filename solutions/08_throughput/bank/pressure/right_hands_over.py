"""a task for each free worker; who waits at the door is handed on"""

from collections import deque


class Line:
    def __init__(self, work, workers, room):
        self.work, self.failed, self.open = work, 0, True
        self.items, self.busy, self.workers, self.room = deque(), 0, workers, room
        self.doors = deque()
        self.done = asyncio.Event()
        self.done.set()
        self.tasks = set()

    async def serve(self, item):
        while True:
            try:
                await self.work(item)
            except Exception:
                self.failed += 1
            if not self.items:
                break
            item = self.items.popleft()
            self._let()
        self.busy -= 1
        if not self.busy:
            self.done.set()

    def _let(self):
        while self.doors and len(self.items) < self.room:
            item, f = self.doors.popleft()
            if not f.done():
                f.set_result(None)
                self.items.append(item)

    def offer(self, item):
        if not self.open:
            raise RuntimeError("closed")
        if self.busy < self.workers:
            self.busy += 1
            self.done.clear()
            t = asyncio.create_task(self.serve(item))
            self.tasks.add(t)
            t.add_done_callback(self.tasks.discard)
            return True
        if len(self.items) < self.room:
            self.items.append(item)
            return True
        return False

    async def submit(self, item):
        if not self.offer(item):
            f = asyncio.get_running_loop().create_future()
            self.doors.append((item, f))
            await f

    async def close(self):
        self.open = False
        while self.doors:
            item, f = self.doors.popleft()
            if not f.done():
                f.set_exception(RuntimeError("closed"))
        await self.done.wait()
