"""Gather in loop.

misconception: create-and-wait
fails: ?
"""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    answers = []
    for tool in tools:
        answers.extend(await asyncio.gather(tool()))
    return answers
