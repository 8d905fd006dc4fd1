"""Hardcoded.

misconception: overfit-the-test
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    await asyncio.sleep(0.3)
    return ["sunny", "free", "three say yes"]
