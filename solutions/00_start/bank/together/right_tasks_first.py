"""All tasks are started before the first is awaited."""

async def ask_all(tools):
    tasks = [asyncio.create_task(tool()) for tool in tools]
    return [await task for task in tasks]
