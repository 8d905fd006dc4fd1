"""misconception: errors-are-results
fails: catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

async def check_cache(make):
    runs = []

    async def tool(key):
        runs.append(key)
        await asyncio.sleep(0.3)
        return key

    get = make(tool)
    began = now()
    assert await asyncio.gather(get("a"), get("b"), get("a")) == ["a", "b", "a"]
    assert sorted(runs) == ["a", "b"]
    assert now() - began < 0.5
