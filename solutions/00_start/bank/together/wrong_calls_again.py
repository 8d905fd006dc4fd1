"""misconception: wait-then-call-again
fails: each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    await asyncio.gather(*[tool() for tool in tools])
    return await asyncio.gather(*[tool() for tool in tools])
