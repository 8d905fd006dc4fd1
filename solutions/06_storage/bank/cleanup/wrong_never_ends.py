"""misconception: one-batch-is-all
fails: all that is older goes in batches, a record written anew stays, how long others wait, returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    removed = 0
    while pairs := await store.oldest(batch):
        old = [p for p in pairs if p[1] < cutoff]
        removed += await store.delete_unchanged(old)
    return removed
