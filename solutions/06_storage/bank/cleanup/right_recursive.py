"""one batch, then the rest"""


async def cleanup(store, cutoff, batch):
    pairs = await store.oldest(batch)
    old = tuple(pair for pair in pairs if pair[1] < cutoff)
    if not old:
        return 0
    return await store.delete_unchanged(old) + await cleanup(store, cutoff, batch)
