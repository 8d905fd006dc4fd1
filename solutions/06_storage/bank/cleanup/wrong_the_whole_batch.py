"""misconception: old-includes-now
fails: all that is older goes in batches, how long others wait, returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    removed = 0
    while True:
        pairs = await store.oldest(batch)
        if not pairs or pairs[0][1] >= cutoff:
            return removed
        removed += await store.delete_unchanged(pairs)
