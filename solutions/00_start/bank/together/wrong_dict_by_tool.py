"""Dict by tool.

misconception: one-case-is-enough
fails: ?
"""

async def ask_all(tools):
    done = {tool: asyncio.create_task(tool()) for tool in tools}
    return [await task for task in done.values()]
