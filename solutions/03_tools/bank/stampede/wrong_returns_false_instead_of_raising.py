"""misconception: assert-nothing
fails: quiet for right caches and loud for a broken one, catches a cache that runs the tool for every overlapping caller, catches a cache that makes other keys wait, catches a cache that gives all keys that overlap one answer, catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

async def check_cache(make):
    """Raise AssertionError if `make(tool)` gives a cache that breaks a promise."""
    runs = []

    async def tool(key):
        runs.append(key)
        await asyncio.sleep(0.3)
        return f"answer to {key}"

    get = make(tool)
    answers = await asyncio.gather(*[get("a") for _ in range(20)])
    return len(runs) == 1 and set(answers) == {"answer to a"}
