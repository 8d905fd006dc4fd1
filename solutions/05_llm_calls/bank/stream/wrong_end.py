"""misconception: an-end-is-an-end
fails: an answer that breaks off is an error
"""

async def relay(llm, prompt, **options):
    async with aclosing(llm.stream(prompt, **options)) as pieces:
        async for piece in pieces:
            yield piece
