"""Hardcoded.

misconception: overfit-the-test
fails: ?
"""

async def ask_all(tools):
    await asyncio.sleep(0.3)
    return ["sunny", "free", "three say yes"]
