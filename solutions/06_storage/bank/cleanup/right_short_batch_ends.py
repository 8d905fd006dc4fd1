"""a batch that is not all old is the last one"""


async def cleanup(store, cutoff, batch):
    removed = 0
    while True:
        old = [p for p in await store.oldest(batch) if p[1] < cutoff]
        removed += await store.delete_unchanged(old)
        if len(old) < batch:
            return removed
