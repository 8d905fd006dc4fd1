"""misconception: served-is-yours
fails: what one caller changes no other sees, each key runs once whatever it gives
"""

class Kept:
    """Results of one tool by key; `await run(key)` is the tool."""

    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key not in self.kept:
            self.kept[key] = copy.deepcopy(await self.run(key))
        return self.kept[key]
