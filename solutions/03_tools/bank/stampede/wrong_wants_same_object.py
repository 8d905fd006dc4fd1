"""misconception: overfit-the-test
fails: quiet for right caches and loud for a broken one, catches a cache that runs the tool for every overlapping caller, catches a cache that makes other keys wait, catches a cache that gives all keys that overlap one answer, catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

async def check_cache(make):
    runs = []

    async def tool(key):
        runs.append(key)
        await asyncio.sleep(0.3)
        if key == "bad" and runs.count("bad") == 1:
            raise ValueError("not today")
        return f"answer to {key}"

    async def told(key):
        try:
            return await get(key)
        except ValueError:
            return "an error"

    get = make(tool)
    await asyncio.gather(*[get("same") for _ in range(5)])
    assert runs == ["same"], "identical calls that overlap run once"
    began = now()
    answers = await asyncio.gather(get("a"), get("b"))
    assert answers == ["answer to a", "answer to b"], "each key has its own answer"
    assert now() - began < 0.5, "other keys do not wait"
    pair = await asyncio.gather(get("c"), get("c"))
    assert pair[0] is pair[1]
    assert await told("bad") == "an error", "an error reaches the caller"
    assert await told("bad") == "answer to bad", "and is not kept"
