"""misconception: overfit-the-test
fails: quiet for right caches and loud for a broken one, catches a cache that runs the tool for every overlapping caller, catches a cache that makes other keys wait, catches a cache that gives all keys that overlap one answer, catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

async def check_cache(make):
    runs = []
    boom = ValueError("not today")

    async def tool(key):
        runs.append(key)
        await asyncio.sleep(0.3)
        if key == "bad" and runs.count("bad") == 1:
            raise boom
        return f"answer to {key}"

    get = make(tool)
    answers = await asyncio.gather(*[get("a") for _ in range(10)])
    assert answers == ["answer to a"] * 10
    assert runs == ["a"], "one run"
    began = now()
    answers = await asyncio.gather(get("b"), get("c"))
    assert answers == ["answer to b", "answer to c"]
    assert now() - began < 0.5
    ends = await asyncio.gather(get("bad"), get("bad"), return_exceptions=True)
    assert ends[0] is boom and ends[1] is boom
    assert await get("bad") == "answer to bad"
