"""misconception: what-was-sent-is-an-answer
fails: nothing else is kept
"""


class Responder:
    def __init__(self, model, deadline):
        self.model, self.deadline, self.kept = model, deadline, {}

    async def ask(self, message):
        if message in self.kept:
            return self.kept[message]
        began = now()
        try:
            answer = await asyncio.wait_for(self.model(message), self.deadline)
        except TimeoutError:
            answer = FALLBACK
        if now() - began < self.deadline:
            self.kept[message] = answer
        return FALLBACK if now() - began > self.deadline else answer
