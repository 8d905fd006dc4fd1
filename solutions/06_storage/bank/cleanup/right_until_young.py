"""stop at the first that is young enough"""


async def cleanup(store, cutoff, batch):
    counts = []
    pairs = await store.oldest(batch)
    while pairs and pairs[0][1] < cutoff:
        counts.append(
            await store.delete_unchanged([(id, at) for id, at in pairs if at < cutoff])
        )
        pairs = await store.oldest(batch)
    return sum(counts)
