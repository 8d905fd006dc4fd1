"""misconception: retry-anything
fails: an error comes through
"""


async def relay(llm, prompt, **options):
    for attempt in (1, 2):
        ended, came = [], 0
        try:
            async with aclosing(llm.stream(prompt, **options, on_end=ended.append)) as pieces:
                async for piece in pieces:
                    came += 1
                    yield piece
        except Exception:
            if came or attempt == 2:
                raise
            continue
        break
    if not ended:
        raise LLMError("broke off")
