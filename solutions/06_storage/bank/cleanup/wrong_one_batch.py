"""misconception: one-batch-is-all
fails: all that is older goes in batches, a record written anew stays, how long others wait, returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    old = [pair for pair in await store.oldest(batch) if pair[1] < cutoff]
    return await store.delete_unchanged(old)
