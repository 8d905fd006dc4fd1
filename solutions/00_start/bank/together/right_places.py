"""Places."""

async def ask_all(tools):
    answers = [None] * len(tools)

    async def ask(i, tool):
        answers[i] = await tool()

    await asyncio.gather(*[ask(i, t) for i, t in enumerate(tools)])
    return answers
