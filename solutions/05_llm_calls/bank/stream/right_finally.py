"""closes in a finally, step by step"""

async def relay(llm, prompt, **options):
    whole = False

    def done(reply):
        nonlocal whole
        whole = True

    source = llm.stream(prompt, on_end=done, **options)
    try:
        while True:
            try:
                piece = await source.__anext__()
            except StopAsyncIteration:
                break
            yield piece
    finally:
        await source.aclose()
    if not whole:
        raise LLMError("broken off")
