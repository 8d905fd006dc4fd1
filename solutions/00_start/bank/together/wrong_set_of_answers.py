"""Set of answers.

misconception: one-case-is-enough
fails: ?
"""

async def ask_all(tools):
    return list(dict.fromkeys(await asyncio.gather(*[tool() for tool in tools])))
