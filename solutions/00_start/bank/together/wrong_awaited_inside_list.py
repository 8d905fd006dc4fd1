"""Awaited inside list.

misconception: async-is-together
fails: the rest of the check
"""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    calls = [await tool() for tool in tools]
    return await asyncio.gather(*calls)
