"""Keeps what the tools said for the next call.

misconception: one-case-is-enough
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

cache = {}


async def ask_all(tools):
    for tool in tools:
        if tool not in cache:
            cache[tool] = asyncio.create_task(tool())
    return [await cache[tool] for tool in tools]
