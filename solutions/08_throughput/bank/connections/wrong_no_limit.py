"""misconception: limit-is-a-wish
fails: never more connections than the server allows, nor does a user who gives up, a dead connection is never lent, a server that cannot be reached costs no slot
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
        if True:
            connection = await self.take()
            try:
                return await work(connection)
            except BaseException:
                await connection.rollback()
                raise
            finally:
                self.idle.append(connection)
