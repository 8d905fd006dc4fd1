"""misconception: id-is-the-record
fails: a record written anew stays, returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    pairs = [p for p in await store.oldest(10**9) if p[1] < cutoff]
    removed = 0
    while removed < len(pairs):
        removed += await store.delete_unchanged(pairs[removed : removed + batch])
    return removed
