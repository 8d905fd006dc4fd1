"""misconception: deadline-can-wait
fails: the stand-in comes at the deadline
"""

class Responder:
    """Answers within `deadline` seconds; keeps what the model said."""

    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        if message in self.kept:
            return self.kept[message]
        try:
            answer = await asyncio.wait_for(self.model(message), self.deadline)
        except TimeoutError:
            answer = await self.model(message)
        self.kept[message] = answer
        return answer
