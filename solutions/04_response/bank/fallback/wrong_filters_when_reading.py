"""misconception: what-was-sent-is-an-answer
fails: nothing else is kept
"""

class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        if self.kept.get(message, FALLBACK) != FALLBACK:
            return self.kept[message]
        try:
            answer = await asyncio.wait_for(self.model(message), self.deadline)
        except TimeoutError:
            answer = FALLBACK
        self.kept[message] = answer
        return answer
