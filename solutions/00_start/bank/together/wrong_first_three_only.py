"""misconception: one-case-is-enough
fails: the answers in the order of the tools with several at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    return await asyncio.gather(tools[0](), tools[1](), tools[2]())
