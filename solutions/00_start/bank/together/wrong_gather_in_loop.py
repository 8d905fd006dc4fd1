"""Gather in loop.

misconception: create-and-wait
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    answers = []
    for tool in tools:
        answers.extend(await asyncio.gather(tool()))
    return answers
