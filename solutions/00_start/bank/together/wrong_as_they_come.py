"""misconception: finish-order
fails: the answers in the order of the tools with several at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    answers = []
    for done in asyncio.as_completed([tool() for tool in tools]):
        answers.append(await done)
    return answers
