"""misconception: errors-are-results
fails: catches one that keeps an error
"""


async def check_client(make):
    async def run_(first, reqs, gather=False):
        calls = []
        async def llm(request):
            calls.append(request)
            await asyncio.sleep(0.1)
            if len(calls) == 1 and first == "error":
                raise ValueError("down")
            return {"text": str(len(calls)), "whole": not (len(calls) == 1 and first == "cut")}
        ask = make(llm)
        if gather:
            await asyncio.gather(*(ask(r) for r in reqs))
            return len(calls)
        for r in reqs:
            try:
                await ask(r)
            except ValueError:
                if len(calls) != 1 or first != "error": raise
        return len(calls)
    q = asked("Why?", "A")
    assert await run_("", [q, q]) == 1
    assert await run_("", [q, asked("Why?", "B")]) == 2
    assert await run_("", [asked("Why?", temperature=1)] * 2) == 2
    async def bad():
        n = 0
        async def llm(r):
            nonlocal n
            n += 1
            if n == 1: raise ValueError("down")
            return {"text": "x", "whole": True}
        ask = make(llm)
        with suppress(ValueError):
            await ask(q)
        await ask(q)
    await bad()
    assert await run_("cut", [q, q]) == 2
    assert await run_("", [q, q], True) == 1
