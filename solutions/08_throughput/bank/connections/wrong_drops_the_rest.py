"""misconception: silent-loss
fails: a dead connection is never lent, nor does a user who gives up
"""


class Connections:
    """Connections to a database, lent to one user at a time."""

    def __init__(self, connect, most):
        self.connect, self.most = connect, most
        self.idle = []
        self.slots = asyncio.Semaphore(most)

    async def take(self):
        """A connection that is alive: an idle one, or a new one."""
        while self.idle:
            connection = self.idle.pop()
            if await connection.alive():
                return connection
            await connection.close()
            self.idle.clear()
        return await self.connect()

    async def run(self, work):
        """What `await work(connection)` gives."""
        async with self.slots:
            connection = await self.take()
            try:
                return await work(connection)
            except BaseException:
                await connection.rollback()
                raise
            finally:
                self.idle.append(connection)
