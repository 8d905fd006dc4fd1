"""misconception: pairs-will-do
fails: virtual seconds for the five tools
"""

async def ask_all(tools):
    answers = []
    for i in range(0, len(tools), 2):
        answers += await asyncio.gather(*[tool() for tool in tools[i : i + 2]])
    return answers
