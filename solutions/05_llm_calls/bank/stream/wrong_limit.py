"""misconception: one-case-is-enough
fails: each piece goes out when it comes and as it is
"""

async def relay(llm, prompt, max_tokens=200, **options):
    ended = []
    stream = llm.stream(
        prompt, max_tokens=max_tokens, **options, on_end=ended.append
    )
    async with aclosing(stream) as pieces:
        async for piece in pieces:
            yield piece
    if not ended:
        raise LLMError("broken off")
