"""Last waits."""

async def ask_all(tools):
    first = [asyncio.create_task(tool()) for tool in tools[:-1]]
    last = await tools[-1]()
    return [await t for t in first] + [last]
