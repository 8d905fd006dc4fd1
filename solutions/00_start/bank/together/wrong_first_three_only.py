"""misconception: one-case-is-enough
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    return await asyncio.gather(tools[0](), tools[1](), tools[2]())
