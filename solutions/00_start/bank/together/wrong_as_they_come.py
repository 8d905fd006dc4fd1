"""misconception: finish-order
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    answers = []
    for done in asyncio.as_completed([tool() for tool in tools]):
        answers.append(await done)
    return answers
