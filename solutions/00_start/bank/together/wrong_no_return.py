"""Waits for all of them and keeps the answers to itself.

fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
misconception: forget-await
"""


async def ask_all(tools):
    answers = await asyncio.gather(*[tool() for tool in tools])
