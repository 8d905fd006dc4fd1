"""misconception: errors-are-results
fails: each key runs once whatever it gives
"""

class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key not in self.kept:
            result = await self.run(key)
            if "error" in str(result):
                return copy.deepcopy(result)
            self.kept[key] = copy.deepcopy(result)
        return copy.deepcopy(self.kept[key])
