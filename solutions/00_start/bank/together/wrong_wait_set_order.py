"""Wait set order.

misconception: finish-order
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    tasks = [asyncio.create_task(tool()) for tool in tools]
    done, _ = await asyncio.wait(tasks)
    return [task.result() for task in done]
