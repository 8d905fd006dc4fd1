"""misconception: leaving-stops-the-model
fails: nothing is paid for once the reader has left
"""


async def relay(llm, prompt, **options):
    ended = []
    queue = asyncio.Queue()
    async def pump():
        try:
            async with aclosing(llm.stream(prompt, **options, on_end=ended.append)) as pieces:
                async for piece in pieces:
                    await queue.put(piece)
            await queue.put(None)
        except Exception as e:
            await queue.put(e)
    task = asyncio.create_task(pump())
    while (piece := await queue.get()) is not None:
        if isinstance(piece, Exception):
            raise piece
        yield piece
    if not ended:
        raise LLMError("the answer broke off")
