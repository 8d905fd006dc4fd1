"""misconception: seconds-are-whole
fails: the stand-in comes at the deadline
"""

class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, int(deadline), {}

    async def ask(self, message):
        if message in self.kept:
            return self.kept[message]
        try:
            answer = await asyncio.wait_for(self.model(message), self.deadline)
        except TimeoutError:
            return FALLBACK
        self.kept[message] = answer
        return answer
