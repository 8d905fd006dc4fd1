"""misconception: overfit-the-test
fails: quiet for right caches and loud for a broken one, catches a cache that runs the tool for every overlapping caller, catches a cache that makes other keys wait, catches a cache that gives all keys that overlap one answer, catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

async def check_cache(make):
    runs = []

    async def tool(key):
        runs.append(key)
        await asyncio.sleep(0.3)
        if len(runs) == 1:
            raise ValueError("not today")
        return key

    get = make(tool)
    await asyncio.gather(get("a"), get("a"))
    assert runs == ["a"]
