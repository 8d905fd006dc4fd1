"""misconception: create-and-wait
fails: the answers in the order of the tools with several at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    answers = []
    for tool in tools:
        answers.append(await asyncio.create_task(tool()))
    return answers
