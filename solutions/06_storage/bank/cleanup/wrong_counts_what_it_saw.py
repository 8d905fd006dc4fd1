"""misconception: count-the-last-batch
fails: returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    removed = 0
    while True:
        old = [p for p in await store.oldest(batch) if p[1] < cutoff]
        if not old:
            return removed
        await store.delete_unchanged(old)
        removed += len(old)
