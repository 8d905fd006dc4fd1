"""misconception: async-is-together
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    return [await tool() for tool in tools]
