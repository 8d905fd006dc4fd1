"""misconception: never-keep
fails: an error reaches its caller and is not kept, what one caller changes no other sees, each key runs once whatever it gives
"""

class Kept:
    """Results of one tool by key; `await run(key)` is the tool."""

    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        self.kept[key] = await self.run(key)
        return copy.deepcopy(self.kept[key])
