"""a model for each promise, and raise instead of assert"""


async def check_client(make):
    class Model:
        def __init__(self, *ends):
            self.ends, self.calls = list(ends), 0

        async def __call__(self, request):
            self.calls += 1
            await asyncio.sleep(0.5)
            end = self.ends[min(self.calls, len(self.ends)) - 1]
            if end == "error":
                raise ValueError("model")
            return {"text": str(self.calls), "whole": end == "whole"}

    async def calls_for(requests, *ends, together=False):
        model = Model(*ends)
        ask = make(model)
        if together:
            await asyncio.gather(*map(ask, requests))
            return model.calls
        for request in requests:
            try:
                await ask(request)
            except ValueError:
                continue
        return model.calls

    same = [asked("a")] * 2
    for requests, ends, wanted, together in [
        (same, ["whole"], 1, True),
        (same, ["error", "whole"], 2, False),
        (same, ["cut", "whole"], 2, False),
        ([asked("a", temperature=1)] * 2, ["whole"], 2, False),
        ([asked("a", "x"), asked("a", "y")], ["whole"], 2, False),
    ]:
        if await calls_for(requests, *ends, together=together) != wanted:
            raise AssertionError(ends)
