"""misconception: served-is-yours
fails: what one caller changes no other sees, each key runs once whatever it gives
"""

class Kept:
    """Results of one tool by key; `await run(key)` is the tool."""

    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key in self.kept:
            return copy.deepcopy(self.kept[key])
        result = await self.run(key)
        self.kept[key] = copy.deepcopy(result)
        return result
