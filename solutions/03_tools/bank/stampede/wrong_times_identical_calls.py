"""misconception: clock-is-proof
fails: catches a cache that runs the tool for every overlapping caller, catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

async def check_cache(make):
    async def tool(key):
        await asyncio.sleep(0.3)
        return key

    get = make(tool)
    began = now()
    await asyncio.gather(get("a"), get("a"))
    assert now() - began < 0.5, "a stampede takes no longer"
    began = now()
    assert await asyncio.gather(get("b"), get("c")) == ["b", "c"]
    assert now() - began < 0.5
