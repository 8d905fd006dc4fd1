"""misconception: errors-are-results
fails: returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    gone = 0
    while True:
        try:
            pairs = [(i, at) for i, at in await store.oldest(batch) if at < cutoff]
            if not pairs:
                return gone
            gone += await store.delete_unchanged(pairs)
        except Exception:
            return gone
