"""misconception: equal-is-the-same
fails: each key runs once whatever it gives
"""

class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        name = key.lower() if isinstance(key, str) else key
        if name not in self.kept:
            self.kept[name] = copy.deepcopy(await self.run(key))
        return copy.deepcopy(self.kept[name])
