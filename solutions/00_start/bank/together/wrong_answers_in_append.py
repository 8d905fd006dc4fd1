"""Answers in append.

misconception: finish-order
fails: ?
"""

async def ask_all(tools):
    answers = []

    async def ask(tool):
        answers.append(await tool())

    await asyncio.gather(*[ask(tool) for tool in tools])
    return answers
