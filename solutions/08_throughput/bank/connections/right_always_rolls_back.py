"""rolls back each time, which does no harm after work that went well"""


class Connections:
    def __init__(self, connect, most):
        self.connect = connect
        self.places = asyncio.LifoQueue()
        for _ in range(most):
            self.places.put_nowait(None)

    async def run(self, work):
        connection = await self.places.get()
        try:
            if connection is not None and not await connection.alive():
                await connection.close()
                connection = None
            if connection is None:
                connection = await self.connect()
            try:
                return await work(connection)
            finally:
                await connection.rollback()
        finally:
            self.places.put_nowait(connection)
