"""No await.

misconception: forget-await
fails: ?
"""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    calls = [tool() for tool in tools]
    return asyncio.gather(*calls)
