"""misconception: one-big-delete
fails: all that is older goes in batches, how long others wait, returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    pairs = await store.oldest(10**9)
    return await store.delete_unchanged([pair for pair in pairs if pair[1] < cutoff])
