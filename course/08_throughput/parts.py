"""The reference's version of each part of the runtime, as its exercise asks for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

PARTS = {
    "window": "window",
    "pool": "Pool",
    "pressure": "Line",
    "fetch": "fetch",
    "connections": "Connections",
}
Work = Callable[[Any], Awaitable[Any]]


async def window(work: Work, items: Sequence[Any], limit: int) -> list[Any]:
    """Await `work(item)` for each item, at most `limit` at a time; results in order."""
    results: list[Any] = [None] * len(items)
    places = iter(range(len(items)))

    async def worker() -> None:
        for place in places:
            results[place] = await work(items[place])

    await asyncio.gather(*[worker() for _ in range(limit)])
    return results


class Pool:
    """At most `most` agents, each lent to one user at a time."""

    def __init__(
        self,
        make: Callable[[], Awaitable[Any]],
        most: int,
        least: int = 0,
        timeout: float = 30,
    ) -> None:
        self.make, self.least, self.timeout = make, least, timeout
        self._idle: list[Any] = []
        self._slots = asyncio.Semaphore(most)

    async def warm_up(self) -> None:
        """Make agents, together, until there are `least`."""
        missing = self.least - len(self._idle)
        self._idle += await asyncio.gather(*[self.make() for _ in range(missing)])

    async def run(self, work: Work) -> Any:
        """What `await work(agent)` gives, with an agent of the pool's."""
        async with asyncio.timeout(self.timeout):
            await self._slots.acquire()
        try:
            agent = self._idle.pop() if self._idle else await self.make()
            try:
                return await work(agent)
            finally:
                self._idle.append(agent)
        finally:
            self._slots.release()


class Line:
    """Items on their way to workers: at most `room` of them wait."""

    def __init__(self, work: Work, workers: int, room: int) -> None:
        self.work, self.failed, self._open = work, 0, True
        self._waiting: asyncio.Queue[Any] = asyncio.Queue(room)
        self._tasks = [asyncio.create_task(self._serve()) for _ in range(workers)]

    async def _serve(self) -> None:
        while True:
            item = await self._waiting.get()
            try:
                await self.work(item)
            except Exception:
                self.failed += 1
            finally:
                self._waiting.task_done()

    def _check_open(self) -> None:
        if not self._open:
            raise RuntimeError("the line is closed")

    async def submit(self, item: Any) -> None:
        """Take an item as soon as there is room."""
        self._check_open()
        await self._waiting.put(item)

    def offer(self, item: Any) -> bool:
        """Whether the item was taken: False when there is no room."""
        self._check_open()
        if self._waiting.full():
            return False
        self._waiting.put_nowait(item)
        return True

    async def close(self) -> None:
        """Take no more; return when all that was taken is done."""
        self._open = False
        await self._waiting.join()
        for task in self._tasks:
            task.cancel()


async def fetch(
    requests: Sequence[tuple[str, str]],
    connect: Callable[[], Awaitable[Any]],
    per_host: int,
    deadline: float,
    tries: int,
    draw: Callable[[], float],
) -> list[dict[str, Any]]:
    """How each (method, url) ends: `ok` and its `text`, or its `error`."""
    session = await connect()
    hosts = {url.split("/")[0] for _, url in requests}
    turns = {host: asyncio.Semaphore(per_host) for host in hosts}

    async def one(method: str, url: str) -> dict[str, Any]:
        left = tries if method == "GET" else 1
        pause = 0.5
        while True:
            left -= 1
            try:
                async with turns[url.split("/")[0]], asyncio.timeout(deadline):
                    return {"ok": True, "text": await session.send(method, url)}
            except Exception as e:
                if not left or not isinstance(e, (ConnectionError, TimeoutError)):
                    return {"ok": False, "error": type(e).__name__}
            await asyncio.sleep(draw() * pause)
            pause *= 2

    try:
        return await asyncio.gather(*[one(method, url) for method, url in requests])
    finally:
        await session.close()


class Connections:
    """Connections to a database, lent to one user at a time."""

    def __init__(self, connect: Callable[[], Awaitable[Any]], most: int) -> None:
        self.connect = connect
        self.idle: list[Any] = []
        self._slots = asyncio.Semaphore(most)

    async def _take(self) -> Any:
        while self.idle:
            connection = self.idle.pop()
            try:
                if await connection.alive():
                    return connection
            except BaseException:  # a user who leaves meanwhile takes none along
                self.idle.append(connection)
                raise
            await connection.close()
        return await self.connect()

    async def run(self, work: Work) -> Any:
        """What `await work(connection)` gives."""
        async with self._slots:
            connection = await self._take()
            try:
                return await work(connection)
            except BaseException:
                await connection.rollback()
                raise
            finally:
                self.idle.append(connection)
