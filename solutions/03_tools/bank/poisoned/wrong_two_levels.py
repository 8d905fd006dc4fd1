"""misconception: shallow-is-enough
fails: what one caller changes no other sees, each key runs once whatever it gives
"""

class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key not in self.kept:
            result = await self.run(key)
            self.kept[key] = copy.deepcopy(result)
        return [copy.copy(x) for x in self.kept[key]] if isinstance(self.kept[key], list) else copy.deepcopy(self.kept[key])
