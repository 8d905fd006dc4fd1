"""Truthy.

misconception: one-case-is-enough
fails: ?
"""

async def ask_all(tools):
    return [a for a in await asyncio.gather(*[tool() for tool in tools]) if a]
