"""misconception: old-includes-now
fails: all that is older goes in batches, how long others wait, returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    removed = 0
    while True:
        old = [pair for pair in await store.oldest(batch) if pair[1] <= cutoff]
        if not old:
            return removed
        removed += await store.delete_unchanged(old)
