"""Answers in append.

misconception: finish-order
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    answers = []

    async def ask(tool):
        answers.append(await tool())

    await asyncio.gather(*[ask(tool) for tool in tools])
    return answers
