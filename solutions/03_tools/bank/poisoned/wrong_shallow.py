"""misconception: shallow-is-enough
fails: what one caller changes no other sees, each key runs once whatever it gives
"""

class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key not in self.kept:
            self.kept[key] = copy.copy(await self.run(key))
        return copy.copy(self.kept[key])
