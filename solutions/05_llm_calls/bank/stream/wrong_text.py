"""misconception: empty-is-missing
fails: each piece goes out when it comes and as it is
"""


async def relay(llm, prompt, **options):
    text = None
    def end(reply):
        nonlocal text
        text = reply.text
    async with aclosing(llm.stream(prompt, **options, on_end=end)) as pieces:
        async for piece in pieces:
            yield piece
    if not text:
        raise LLMError("the answer broke off")
