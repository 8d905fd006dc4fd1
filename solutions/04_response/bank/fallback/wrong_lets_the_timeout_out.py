"""misconception: late-is-answered
fails: the rest of the check
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
            raise
        self.kept[message] = answer
        return answer
