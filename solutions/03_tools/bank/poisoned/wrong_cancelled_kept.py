"""misconception: exception-catches-all
fails: an error reaches its caller and is not kept, each key runs once whatever it gives
"""

class Kept:
    def __init__(self, run):
        self.run = run
        self.kept = {}

    async def get(self, key):
        if key not in self.kept:
            try:
                result = await self.run(key)
            except Exception:
                raise
            except BaseException as error:
                result = {"error": str(error)}
            self.kept[key] = copy.deepcopy(result)
        return copy.deepcopy(self.kept[key])
