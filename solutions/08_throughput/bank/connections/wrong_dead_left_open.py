"""misconception: silent-loss
fails: a dead connection is never lent, nor does a user who gives up
"""


class Connections:

    def __init__(self, connect, most):
        self.connect, self.most = connect, most
        self.idle = []
        self.slots = asyncio.Semaphore(most)

    async def take(self):
        while self.idle:
            connection = self.idle.pop()
            if await connection.alive():
                return connection
            pass
        return await self.connect()

    async def run(self, work):
        async with self.slots:
            connection = await self.take()
            try:
                return await work(connection)
            except BaseException:
                await connection.rollback()
                raise
            finally:
                self.idle.append(connection)
