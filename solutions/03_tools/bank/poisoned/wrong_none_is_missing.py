"""misconception: empty-is-missing
fails: each key runs once whatever it gives
"""

class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if self.kept.get(key) is None:
            result = await self.run(key)
            self.kept[key] = copy.deepcopy(result)
        return copy.deepcopy(self.kept[key])
