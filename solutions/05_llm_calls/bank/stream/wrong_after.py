"""misconception: leaving-stops-the-model
fails: nothing is paid for once the reader has left
"""

async def relay(llm, prompt, **options):
    ended = []
    pieces = llm.stream(prompt, **options, on_end=ended.append)
    async for piece in pieces:
        yield piece
    await pieces.aclose()
    if not ended:
        raise LLMError("broken off")
