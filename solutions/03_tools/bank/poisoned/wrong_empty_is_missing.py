"""misconception: empty-is-missing
fails: each key runs once whatever it gives
"""

class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if not self.kept.get(key):
            self.kept[key] = copy.deepcopy(await self.run(key))
        return copy.deepcopy(self.kept[key])
