"""misconception: one-batch-is-all
fails: a record written anew stays
"""


async def cleanup(store, cutoff, batch):
    removed = 0
    while True:
        old = [pair for pair in await store.oldest(batch) if pair[1] < cutoff]
        gone = await store.delete_unchanged(old)
        removed += gone
        if not old or gone < len(old):
            return removed
