"""misconception: an-end-is-an-end
fails: an error comes through
"""

async def relay(llm, prompt, **options):
    ended = []
    async with aclosing(llm.stream(prompt, **options, on_end=ended.append)) as pieces:
        try:
            async for piece in pieces:
                yield piece
        except Exception:
            return
    if not ended:
        raise LLMError("broken off")
