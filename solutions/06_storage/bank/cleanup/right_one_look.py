"""one look, then batches of what it saw"""


async def cleanup(store, cutoff, batch):
    old = [p for p in await store.oldest(10**9) if p[1] < cutoff]
    removed = 0
    for i in range(0, len(old), batch):
        removed += await store.delete_unchanged(old[i : i + batch])
    return removed
