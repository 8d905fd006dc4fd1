"""gives back also who is cancelled while it asks"""


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
                try:
                    ok = await one.alive()
                except BaseException:
                    self.idle.append(one)
                    raise
                if ok:
                    connection = one
                    break
                await one.close()
            if connection is None:
                connection = await self.connect()
            try:
                return await work(connection)
            except BaseException:
                await connection.rollback()
                raise
            finally:
                self.idle.append(connection)
