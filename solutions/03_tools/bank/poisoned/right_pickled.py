"""A copy is made of bytes at each call."""

import pickle

class Kept:
    def __init__(self, run):
        self._run, self._snapshots = run, {}

    async def get(self, key):
        try:
            blob = self._snapshots[key]
        except KeyError:
            blob = self._snapshots.setdefault(key, pickle.dumps(await self._run(key)))
        return pickle.loads(blob)
