"""misconception: silent-loss
fails: catches a cache that hides an error from its caller
"""

async def check_cache(make):
    """Raise AssertionError if `make(tool)` gives a cache that breaks a promise."""
    runs = []

    async def tool(key):
        runs.append(key)
        await asyncio.sleep(0.3)
        if key == "bad" and runs.count("bad") == 1:
            raise ValueError("down")
        return f"answer to {key}"

    get = make(tool)
    began = now()
    answers = await asyncio.gather(get("a"), get("a"), get("b"))
    assert answers == ["answer to a", "answer to a", "answer to b"]
    assert runs.count("a") == 1
    assert now() - began < 0.5
    try:
        await get("bad")
    except ValueError:
        pass
    await get("bad")
    assert runs.count("bad") == 2, "the next call runs anew"
