"""misconception: never-keep
fails: asked again the model's answer comes and stays, the stand-in comes at the deadline, nothing else is kept, an error of the model comes through
"""

class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        if message in self.kept:
            return self.kept[message]
        try:
            answer = await asyncio.wait_for(self.model(message), self.deadline)
        except TimeoutError:
            return FALLBACK
        if len(self.kept) < 3:
            self.kept[message] = answer
        return answer
