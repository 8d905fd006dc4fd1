"""misconception: retry-anything
fails: a query that fails leaks no connection, nor does a user who gives up
"""


class Connections:
    def __init__(self, connect, most):
        self.connect, self.most = connect, most
        self.idle = []
        self.slots = asyncio.Semaphore(most)

    async def run(self, work):
        async with self.slots:
            connection = None
            while self.idle:
                one = self.idle.pop()
                if await one.alive():
                    connection = one
                    break
                await one.close()
            if connection is None:
                connection = await self.connect()
            try:
                try:
                    return await work(connection)
                except ConnectionError:
                    return await work(connection)
            except BaseException:
                await connection.rollback()
                raise
            finally:
                self.idle.append(connection)
