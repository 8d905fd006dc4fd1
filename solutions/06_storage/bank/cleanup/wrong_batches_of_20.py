"""misconception: overfit-the-test
fails: all that is older goes in batches, returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    gone = 0
    while True:
        pairs = [(i, at) for i, at in await store.oldest(20) if at < cutoff]
        if not pairs:
            return gone
        gone += await store.delete_unchanged(pairs)
