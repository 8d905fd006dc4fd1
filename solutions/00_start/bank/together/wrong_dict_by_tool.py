"""Dict by tool.

misconception: one-case-is-enough
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    done = {tool: asyncio.create_task(tool()) for tool in tools}
    return [await task for task in done.values()]
