"""misconception: async-is-together
fails: catches a cache that runs the tool for every overlapping caller, catches a cache that makes other keys wait, catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

async def check_cache(make):
    runs = []

    async def tool(key):
        runs.append(key)
        return f"answer to {key}"

    get = make(tool)
    answers = await asyncio.gather(*[get("a") for _ in range(10)], get("b"))
    assert answers == ["answer to a"] * 10 + ["answer to b"]
    assert runs.count("a") == 1, "ten callers, one run"
