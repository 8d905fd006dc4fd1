"""misconception: one-batch-is-all
fails: a record written anew stays
"""


async def cleanup(store, cutoff, batch):
    removed = 0
    while True:
        old = [p for p in await store.oldest(batch) if p[1] < cutoff]
        gone = await store.delete_unchanged(old)
        removed += gone
        if gone == 0:
            return removed
