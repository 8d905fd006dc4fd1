"""misconception: forget-await
fails: the answers in the order of the tools with several at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    return asyncio.gather(*[tool() for tool in tools])
