"""a while with a walrus"""


async def cleanup(store, cutoff, batch):
    gone = 0
    while old := [p for p in await store.oldest(batch) if p[1] < cutoff]:
        gone += await store.delete_unchanged(old)
    return gone
