"""misconception: errors-are-results
fails: an error reaches its caller and is not kept, each key runs once whatever it gives
"""

class Kept:
    """Results of one tool by key; `await run(key)` is the tool."""

    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key not in self.kept:
            try:
                self.kept[key] = copy.deepcopy(await self.run(key))
            except Exception as error:
                self.kept[key] = error
        if isinstance(self.kept[key], Exception):
            raise self.kept[key]
        return copy.deepcopy(self.kept[key])
