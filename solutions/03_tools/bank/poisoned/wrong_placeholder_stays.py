"""misconception: errors-are-results
fails: an error reaches its caller and is not kept, each key runs once whatever it gives
"""

class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key not in self.kept:
            self.kept[key] = None
            try:
                self.kept[key] = copy.deepcopy(await self.run(key))
            except Exception:
                del self.kept[key]
                raise
        return copy.deepcopy(self.kept[key])
