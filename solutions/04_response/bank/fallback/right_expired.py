"""a model's own TimeoutError comes through"""

class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        if message in self.kept:
            return self.kept[message]
        limit = asyncio.timeout(self.deadline)
        try:
            async with limit:
                self.kept[message] = await self.model(message)
        except TimeoutError:
            if not limit.expired():
                raise
        return self.kept.get(message, FALLBACK)
