class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        if message in self.kept:
            return self.kept[message]
        try:
            task = asyncio.ensure_future(self._keep(message))
            return await asyncio.wait_for(asyncio.shield(task), self.deadline)
        except asyncio.TimeoutError:
            print("late", message)
            return FALLBACK

    async def _keep(self, message):
        self.kept[message] = answer = await self.model(message)
        return answer
