"""Twice side by side.

misconception: wait-then-call-again
fails: each tool is called once
"""

async def ask_all(tools):
    n = len(tools)
    return (await asyncio.gather(*[tool() for tool in tools], *[tool() for tool in tools]))[:n]
