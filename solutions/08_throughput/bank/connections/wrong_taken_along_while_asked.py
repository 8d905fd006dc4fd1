"""misconception: given-back-at-the-end
fails: nor does a user who gives up
"""

from contextlib import asynccontextmanager


class Connections:
    def __init__(self, connect, most):
        self.connect, self.free = connect, asyncio.BoundedSemaphore(most)
        self.idle = []

    @asynccontextmanager
    async def lent(self):
        async with self.free:
            connection = None
            while connection is None and self.idle:
                connection = self.idle.pop(0)
                if not await connection.alive():
                    await connection.close()
                    connection = None
            if connection is None:
                connection = await self.connect()
            well = False
            try:
                yield connection
                well = True
            finally:
                if not well:
                    await connection.rollback()
                self.idle.append(connection)

    async def run(self, work):
        async with self.lent() as connection:
            return await work(connection)
