"""an exit stack and a callback"""


async def relay(llm, prompt, **options):
    from contextlib import AsyncExitStack
    box = {}
    async with AsyncExitStack() as stack:
        pieces = llm.stream(prompt, **options, on_end=lambda reply: box.update(done=True))
        stack.push_async_callback(pieces.aclose)
        async for piece in pieces:
            yield piece
    if "done" not in box:
        raise LLMError("cut")
