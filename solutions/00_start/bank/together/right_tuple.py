"""A tuple of answers will do."""

async def ask_all(tools):
    return tuple(await asyncio.gather(*(tool() for tool in tools)))
