"""Map tuple."""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    return tuple(await asyncio.gather(*map(lambda tool: tool(), tools)))
