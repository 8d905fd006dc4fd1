"""misconception: create-and-wait
fails: right answers with several tools at work at once, each tool is called once, virtual seconds for the five tools
"""

async def ask_all(tools):
    answers = []
    for tool in tools:
        answers += await asyncio.gather(tool())
    return answers
