"""misconception: one-case-is-enough
fails: each piece goes out when it comes and as it is
"""

async def relay(llm, prompt, **options):
    ended = []
    async with aclosing(llm.stream(prompt, **options, on_end=ended.append)) as pieces:
        async for piece in pieces:
            if ended:
                raise LLMError("a piece after the end")
            yield piece
    if not ended:
        raise LLMError("broken off")
