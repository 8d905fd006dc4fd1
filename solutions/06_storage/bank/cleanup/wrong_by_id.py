"""misconception: id-is-the-record
fails: a record written anew stays
"""


async def cleanup(store, cutoff, batch):
    removed = 0
    while True:
        pairs = await store.oldest(batch)
        old = [id for id, at in pairs if at < cutoff]
        if not old:
            return removed
        removed += await store.delete_ids(old)
