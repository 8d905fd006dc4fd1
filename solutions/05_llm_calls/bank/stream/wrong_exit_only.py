"""misconception: leaving-stops-the-model
fails: nothing is paid for once the reader has left
"""


async def relay(llm, prompt, **options):
    ended = []
    pieces = llm.stream(prompt, **options, on_end=ended.append)
    try:
        async for piece in pieces:
            yield piece
    except GeneratorExit:
        await pieces.aclose()
        raise
    if not ended:
        raise LLMError("the answer broke off")
