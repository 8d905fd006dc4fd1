"""misconception: assert-nothing
fails: quiet for right caches and loud for a broken one, catches a cache that runs the tool for every overlapping caller, catches a cache that makes other keys wait, catches a cache that gives all keys that overlap one answer, catches a cache that serves an old error for ever, catches a cache that hides an error from its caller
"""

calls = []


async def check_cache(make):
    calls.append(1)
    assert len(calls) <= 2, "the right ones come first"
