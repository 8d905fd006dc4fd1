"""misconception: an-end-is-an-end
fails: an error comes through
"""

async def relay(llm, prompt, **options):
    ended = []
    try:
        async with aclosing(llm.stream(prompt, **options, on_end=ended.append)) as it:
            async for piece in it:
                yield piece
    except LLMError:
        return
    if not ended:
        raise LLMError("broken off")
