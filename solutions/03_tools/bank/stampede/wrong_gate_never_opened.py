"""misconception: one-after-another
fails: quiet for right caches and loud for a broken one, catches a cache that runs the tool for every overlapping caller, catches a cache that makes other keys wait, catches a cache that gives all keys that overlap one answer, catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

async def check_cache(make):
    """Raise AssertionError if `make(tool)` gives a cache that breaks a promise."""
    runs, gate = [], asyncio.Event()

    async def tool(key):
        runs.append(key)
        await gate.wait()
        return f"answer to {key}"

    get = make(tool)
    answers = await asyncio.gather(*[get("a") for _ in range(5)])
    gate.set()
    assert answers == ["answer to a"] * 5
    assert runs == ["a"]
