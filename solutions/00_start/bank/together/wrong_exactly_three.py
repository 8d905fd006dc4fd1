"""Exactly three.

misconception: one-case-is-enough
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    a, b, c = tools[:3]
    return await asyncio.gather(a(), b(), c())
