"""No star.

misconception: forget-await
fails: the rest of the check
"""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    calls = [tool() for tool in tools]
    return await asyncio.gather(calls)
