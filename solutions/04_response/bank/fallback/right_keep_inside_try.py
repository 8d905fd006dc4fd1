"""What came in time is kept at once."""

class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        try:
            if message not in self.kept:
                async with asyncio.timeout(self.deadline):
                    self.kept[message] = await self.model(message)
            return self.kept[message]
        except TimeoutError:
            return FALLBACK
