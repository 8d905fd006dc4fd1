"""misconception: class-holds-it
fails: an answer that breaks off is an error
"""


ENDED = []


async def relay(llm, prompt, **options):
    ENDED.clear()
    async with aclosing(llm.stream(prompt, **options, on_end=ENDED.append)) as pieces:
        async for piece in pieces:
            yield piece
    if not ENDED:
        raise LLMError("broke off")
