"""misconception: an-end-is-an-end
fails: an error comes through
"""


async def relay(llm, prompt, **options):
    ended = []
    try:
        async with aclosing(llm.stream(prompt, **options, on_end=ended.append)) as pieces:
            async for piece in pieces:
                yield piece
    except asyncio.CancelledError:
        return
    if not ended:
        raise LLMError("broke off")
