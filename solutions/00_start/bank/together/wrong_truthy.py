"""Truthy.

misconception: one-case-is-enough
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    return [a for a in await asyncio.gather(*[tool() for tool in tools]) if a]
