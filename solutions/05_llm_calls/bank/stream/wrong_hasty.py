"""misconception: leaving-stops-the-model
fails: nothing is paid for once the reader has left
"""

async def relay(llm, prompt, **options):
    ended = []
    async for piece in llm.stream(prompt, **options, on_end=ended.append):
        yield piece
    if not ended:
        raise LLMError("broken off")
