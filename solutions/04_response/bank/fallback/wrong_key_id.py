"""misconception: same-text-same-object
fails: asked again the model's answer comes and stays, the stand-in comes at the deadline, nothing else is kept, an error of the model comes through
"""

class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        if id(message) in self.kept:
            return self.kept[id(message)]
        try:
            answer = await asyncio.wait_for(self.model(message), self.deadline)
        except TimeoutError:
            return FALLBACK
        self.kept[id(message)] = answer
        return answer
