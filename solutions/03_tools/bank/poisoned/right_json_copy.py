import json


class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key not in self.kept:
            result = await self.run(key)
            self.kept[key] = json.dumps(result)
        return json.loads(self.kept[key])
