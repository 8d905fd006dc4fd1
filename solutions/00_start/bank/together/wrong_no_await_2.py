"""No await.

misconception: forget-await
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    """The answers of all tools, in the order of the tools."""
    calls = [tool() for tool in tools]
    return asyncio.gather(*calls)
