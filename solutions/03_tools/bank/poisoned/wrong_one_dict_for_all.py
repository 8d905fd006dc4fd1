"""misconception: served-is-yours
fails: an error reaches its caller and is not kept, what one caller changes no other sees, each key runs once whatever it gives
"""


class Kept:
    """Results of one tool by key; `await run(key)` is the tool."""

    kept = {}

    def __init__(self, run):
        self.run = run

    async def get(self, key):
        if key not in self.kept:
            result = await self.run(key)
            self.kept[key] = copy.deepcopy(result)
        return copy.deepcopy(self.kept[key])
