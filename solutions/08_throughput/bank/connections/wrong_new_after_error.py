"""misconception: made-for-each
fails: a query that fails leaks no connection, nor does a user who gives up
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
            await connection.close()
        return await self.connect()

    async def run(self, work):
        async with self.slots:
            connection = await self.take()
            try:
                result = await work(connection)
            except BaseException:
                await connection.close()
                raise
            self.idle.append(connection)
            return result
