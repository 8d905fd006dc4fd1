"""misconception: deadline-can-wait
fails: the stand-in comes at the deadline
"""

class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        if message in self.kept:
            return self.kept[message]
        for _ in range(2):
            try:
                answer = await asyncio.wait_for(self.model(message), self.deadline)
            except TimeoutError:
                continue
            self.kept[message] = answer
            return answer
        return FALLBACK
