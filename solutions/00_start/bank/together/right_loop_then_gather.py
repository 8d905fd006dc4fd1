"""The calls are made in a loop and waited for together."""

async def ask_all(tools):
    calls = []
    for tool in tools:
        calls.append(tool())
    return await asyncio.gather(*calls)
