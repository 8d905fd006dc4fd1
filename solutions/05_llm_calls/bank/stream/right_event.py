"""an event, and `anext` with a value for the end"""


async def relay(llm, prompt, **options):
    whole = asyncio.Event()
    pieces = llm.stream(prompt, on_end=lambda _: whole.set(), **options)
    end = object()
    try:
        while (piece := await anext(pieces, end)) is not end:
            yield piece
        if not whole.is_set():
            raise LLMError
    finally:
        await pieces.aclose()
