"""misconception: text-is-identity
fails: each key runs once whatever it gives
"""


class Kept:
    """Results of one tool by key; `await run(key)` is the tool."""

    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        name = str(key)
        if name not in self.kept:
            self.kept[name] = copy.deepcopy(await self.run(key))
        return copy.deepcopy(self.kept[name])
