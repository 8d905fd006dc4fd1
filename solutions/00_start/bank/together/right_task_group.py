"""A task group waits for all at the end of its block."""

async def ask_all(tools):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(tool()) for tool in tools]
    return [task.result() for task in tasks]
