"""A fresh cache for each promise."""

async def check_cache(make):
    class Tool:
        def __init__(self, failures=0):
            self.runs, self.failures = 0, failures

        async def __call__(self, key):
            self.runs += 1
            await asyncio.sleep(1)
            if self.runs <= self.failures:
                raise RuntimeError("down")
            return key * 2

    tool = Tool()
    get = make(tool)
    answers = await asyncio.gather(*(get("x") for _ in range(10)))
    assert answers == ["xx"] * 10 and tool.runs == 1

    began, get = now(), make(Tool())
    assert await asyncio.gather(*map(get, "abc")) == ["aa", "bb", "cc"]
    assert now() - began < 1.5

    get = make(Tool(failures=1))
    ends = await asyncio.gather(get("x"), get("x"), return_exceptions=True)
    assert all(isinstance(end, RuntimeError) for end in ends)
    try:
        again = await get("x")
    except RuntimeError:
        raise AssertionError("an old error was served") from None
    assert again == "xx"
