"""Exactly three.

misconception: one-case-is-enough
fails: ?
"""

async def ask_all(tools):
    a, b, c = tools[:3]
    return await asyncio.gather(a(), b(), c())
