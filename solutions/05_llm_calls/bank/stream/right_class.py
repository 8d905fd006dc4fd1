"""an iterator of its own kind"""

class relay:
    def __init__(self, llm, prompt, **options):
        self.replies = []
        self.source = llm.stream(prompt, **options, on_end=self.replies.append)

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await anext(self.source)
        except StopAsyncIteration:
            await self.aclose()
            if not self.replies:
                raise LLMError("no end") from None
            raise
        except Exception:
            await self.aclose()
            raise

    async def aclose(self):
        await self.source.aclose()
