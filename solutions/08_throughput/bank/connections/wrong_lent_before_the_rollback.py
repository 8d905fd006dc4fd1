"""misconception: look-then-take
fails: a query that fails leaks no connection
"""


class Connections:
    def __init__(self, connect, most):
        self.connect, self.idle = connect, []
        self.slots = asyncio.Semaphore(most)

    async def run(self, work):
        async with self.slots:
            connection = None
            while self.idle and connection is None:
                connection = self.idle.pop()
                try:
                    alive = await connection.alive()
                except BaseException:
                    self.idle.append(connection)
                    raise
                if not alive:
                    await connection.close()
                    connection = None
            if connection is None:
                connection = await self.connect()
            try:
                result = await work(connection)
            except BaseException:
                self.idle.append(connection)
                await connection.rollback()
                raise
            self.idle.append(connection)
            return result
