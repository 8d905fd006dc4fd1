"""misconception: retry-anything
fails: an answer that breaks off is an error
"""


async def relay(llm, prompt, **options):
    for attempt in (1, 2):
        ended, came = [], 0
        async with aclosing(llm.stream(prompt, **options, on_end=ended.append)) as pieces:
            async for piece in pieces:
                came += 1
                yield piece
        if ended:
            return
        if came:
            break
    raise LLMError("broke off")
