"""misconception: text-is-identity
fails: each key runs once whatever it gives
"""


class Kept:
    """Results of one tool by key; `await run(key)` is the tool."""

    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if hash(key) not in self.kept:
            result = await self.run(key)
            self.kept[hash(key)] = copy.deepcopy(result)
        return copy.deepcopy(self.kept[hash(key)])
